"""From where somebody is to where they want to be: holds, moves and the routes between them."""
