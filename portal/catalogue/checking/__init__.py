"""What ``portal check`` says of the content: how much there is, how it reads, what is doubtful."""
