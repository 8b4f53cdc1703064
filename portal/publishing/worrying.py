"""Whether what a young person wrote may mean that somebody is not safe.

It is a net with holes. It knows the wordings below and no others: it misses what is said in other
words, in another language or not at all, and now and then it takes a figure of speech for a cry
for help. Of worrying lines that it had not been written for, it noticed about one in three. So it
only ever adds, and replaces nobody. Help stands beside every text box whatever it says, an adviser
reads every request whatever it says, and it never holds anything up or answers anybody.

It notices talk of killing or hurting oneself, of being hit, touched, shut in or left hungry, of
running away, of secrets and meetings that grown-ups should not ask for, of pictures without
clothes, of carrying for others, and of knives. Most wordings say who does it to whom, because “I
want to help people who self-harm” is a wish for a job.

Pure: no Flask, no database. Every pattern is bounded, so time grows with the text and no faster.
"""

import re

from portal.publishing.folding import closed_up, folded
from portal.publishing.wording import GAP, MAYBE, SOME_WORDS

SELF = r"(?:my|me|him|her|them) ?sel(?:f|ves|fs)\b"
ONE = r"(?:i|im|ive|she|shes|he|hes|friend|mate|brother|sister)"
KIN = (
    r"(?:mum|mom|mam|mummy|dad|daddy|mother|father|parents?|uncle|aunt|auntie|brother|sister"
    r"|cousin|grandad|grandpa|nan|carers?|boyfriend|girlfriend|partner|husband|family"
    r"|step ?(?:dad|mum|father|mother|brother|sister)|foster (?:dad|mum|carer|parent)s?)"
)
GROWN_UP = (
    r"(?:man|men|woman|bloke|guy|boss|manager|supervisor|trainer|coach|teacher|tutor|staff|worker"
    r"|owner|driver|neighbour|stranger)"
)
THEY = rf"(?:he|hes|she|shes|they|theyre|someone|somebody|people|boys|girls|lads|{KIN}|{GROWN_UP})"
ASKS = r"(?:wants?|wanted|asks?|asked|asking|keeps asking|told|tells|telling|invited|tried|tries)"
HURTS = (
    r"(?:hits?|hitting|beats?|beating|hurts?|hurting|threat[a-z]{3,7}|touch(?:e[sd]|ing)?"
    r"|neglects?|pins?|pinned|whips?|whipped)"
)
ATTACKS = (
    r"(?:punch|kick|slap|smack|corner|blackmail|chok|strangl|burnt|burned|attack|assault|molest|abus|rap|grop|bull[iy]"
    r"|groom|stab|batter)(?:p?e?[sd]|p?ing|y|es|ying|ies|ed)?"
)
BODY = (
    r"(?:legs?|thighs?|knees?|bum|bottom|chest|breasts?|boobs?|body|waist|privates?|private parts)"
)
CLOTHES = r"(?:clothes|top|shirt|skirt|pants|trousers|knickers|bra|underwear|boxers|dress)"
HOUSE = r"(?:house|home|flat|place|room|bedroom|car|van|hotel|caravan)"
DRUGS = r"(?:drugs?|weed|pills|coke|cocaine|crack|heroin|packages?|packets?|knife|knives|guns?)"
PICTURE = r"(?:pics?|photos?|pictures?|videos?|images?|selfies?)"
SUICIDE = r"s(?:u|ui|iu|oo)[cs]{1,2}[iy]?[da]{1,2}[el]{0,2}(?:al|le|l|el)?\b"
CANNOT = r"(?:can ?not|cant|cnt|can no longer)"
NO_MORE = r"(?:any ?more|any longer|much longer|no more|nomore)\b"
NOT = r"(?:dont|do not|didnt|did not|never|not|wouldnt)"
AFRAID = r"(?:scared|frightened|afraid|terrified|petrified|fear)"

# One wording on a line; a line that stands further in goes on with the one before. A space is any
# short gap, “ ?” may be one, and “…” is up to three words.
WANTING_TO_DIE = rf"""
kil+(?:ing|ed)? {SELF}
(?<!\d)(?<!\d\x20)k[my]s\b
{ONE} … {SUICIDE}(?! (?:prevention|awareness|support|squad|line|help|watch))
(?:want|wants|wanted|wanna|wana|wnt|wish|wished|rather) (?:(?:to|2|i|was|were|could|just|be
    |id) ){{0,3}}die\b
(?:want|wants|wanted|wanna|wish|wished|rather|better off) (?:(?:to|i|was|were|be
    |just) ){{0,3}}dead\b(?! [a-z]{{4}})
(?:trying|tried|going|gonna|ready|hope) (?:to |i )die\b
(?:think|thinking|thought) (?:a lot )?about (?:dying|death all|being dead|ending)
(?:end|ending|ended) (?:it all|it tonight|it now|things|everything|my (?:own )?life)\b
(?:take|taking|took) my (?:own )?life
{NOT} (?:want|wanna|wnt) (?:to )?(?:be alive|be here {NO_MORE}|exist|wake up|go on living
    |live (?:any|like this))
no (?:point|reason) (?:in |to |of |for )?(?:living|live|life|being alive|being here|going on
    |carrying on)\b
(?:not|isnt|aint) worth (?:living|it {NO_MORE})|life (?:isnt|is not|aint) worth
better (?:off )?without me\b|(?:just |such )a burden\b
wont be (?:here|around) … (?:doesnt|does not|wont|dont) (?:even )?matter
(?:wont|not) be alive\b
(?:nobody|no ?one) (?:would|will|wud|d)? ?(?:even )?(?:care|miss me|notice|cares) (?:if|about me
    |when)
if i (?:was|were) (?:gone|dead)\b|if i (?:disappeared|vanished|died)\b
(?:tak|took)(?:e|en|ing)? (?:an |a |another )?(?:over ?dose|od)\b
took … (?:of |my |the )(?:mums |dads )?(?:tablets|pills|paracetamol)|(?:tried|want
    |going) to (?:over ?dose|od)\b
i overdosed|(?:swallow|swallowed) … (?:pills|tablets)
hates? (?:my life|my ?self|being alive)\b
(?:want|wish|need) (?:it|everything|this|my life) (?:all )?(?:to |would )?(?:end|stop
    |be over)\b(?! (?:a|the|two|with|in|by|several)\b)
{CANNOT} (?:do this|cope|go on|carry on|take (?:it|this)|handle (?:it|this)) {NO_MORE}
{CANNOT} (?:go on|carry on) (?:like this|living)|{CANNOT} cope with life
(?:hang|hanging|drown|drowning|starve|starving|poison|poisoning) my ?self
(?:want|wanna|going|gonna|feel like) (?:to )?jump(?:ing)? (?:off|in front of)
     (?:a |the )?[a-z]{{3,8}}
(?:was|were|had)(?:nt| not| never) (?:been )?born\b(?! (?:here|in|to|with|for)\b)
    |never (?:have )?been born
(?:want to|wanna|could just) disappear\b(?! (?:into|for a))|(?:never|not) wake up\b
no future for (?:me|my ?self)|see a future for my ?self|goodbye (?:note|letter)s?\b|(?:sleep
    |asleep) (?:for ?ever|and never|and not wake)
(?:thought|think|thinking|know) (?:about )?how i (?:would|will|d) do it\b|hates? being me\b
(?:so|all) alone and (?:nobody|no ?one)
(?:with|see|join) my … in heaven|(?:give|giving|given) up on (?:life|living|everything)\b
tired of (?:everything|living|life|being (?:here|alive|me))\b|be happier (?:without me|if i)
(?:stop|not) existing\b|walk(?:ing)? into (?:the road|traffic|the sea)|(?:pills|tablets) saved
voices (?:in my head|tell(?:ing)? me)|hear(?:ing)? voices … head
"""
HURTING_ONESELF = rf"""
{ONE} … self ?harm(?:s|ed|ing)?\b
(?:cut|cuts|cutting|hurts?|hurting|burn|burns|burning|harms?|harming|scratch|scratching|punish
    |punishing) {SELF}(?! (?:[a-z]{{3,9}}ing|at|on|in|last|once|by|doing|with)\b)
(?:cut|cutting|burn|burning|scratch|scratching|slit|slitting) (?:up )?(?:my|her
    |his) (?:own )?(?:arms|wrists?|legs|thighs?|skin)\b
(?:cut|cutting|burn|burning|hurt|hurting) {SELF} with (?:a |my |the )?(?:lighter|blade|razor
    |glass|scissors|compass|match)
(?:friend|mate|sister|brother) (?:cuts|self harms)\b(?! [a-z]{4})|hurt(?:s|ing)? … on purpose
(?:cutting|self harming) again\b|cuts (?:all )?(?:over|on|up|down) my (?:arms?|legs?|wrists?|body
    |thighs?)\b
let my ?self eat\b
(?:pull|pulling) my (?:own )?hair out|(?:hurt|hurting) my (?:own )?(?:arms|wrists)\b
(?:throw|throwing|threw) up (?:after|when|what|my food)|sick after (?:every|each|i eat)
(?:make|makes|making|made) (?:my|her|him) ?self (?:sick|throw up|puke|vomit)
(?:stop|stopped) eating\b(?! (?!and|because|so|since|for)[a-z])|(?:not|havent) (?:been )?eat(?:en
    |ing) (?:for|in|all|any ?thing)\b
"""
BEING_HURT = rf"""
{THEY}s? … {HURTS} (?:me|us)\b(?! (?:at|in|by|to|how|with)\b)
{THEY}s? … {HURTS} (?:me|us) (?:with (?:a|his|her|the)|at home|in (?:the|my))\b
(?<!it\x20)(?<!that\x20)(?:{ATTACKS}) (?:me|us)\b(?! (?:out of my comfort|up to|into shape)\b)
(?:grabs?|grabbed|held|holds) me (?:by|down|against|round|so)\b
{AFRAID} … (?:he|she|they|{KIN}) … (?:coming back|comes back|find me|get me)\b
{THEY}s? … touch(?:es|ed|ing)? me\b(?! (?:deeply|with (?:his|her|their) (?:talk|words|story)))
{THEY} broke my (?:arm|nose|wrist|jaw|ribs?|fingers?|tooth|leg)\b
(?:wont|doesnt|dont|didnt|never) (?:feed|feeds|fed) me\b|(?:screams?|yells?|swears?
    |spits?) at me\b
(?:i was|ive been|i have been|im being|i am being|i got|i get
    |i keep getting) (?:being )?(?:touched by (?:him|her|a|my|an|some|men)|forced (?:into a
    |to (?:do|have|touch|work|marry|sell|stay|kiss|watch))|locked (?:in|out|up|away)|assaulted
    |sexually|threatened|blackmailed|followed by|groped|slapped|punched|beaten by|drugged
    |made to (?:sell|carry|touch|do))\b
pull(?:ed|s)? (?:a |out a )?(?:knife|blade|gun) on\b|(?:follows|followed|chases
    |chased) me (?:home|into|round|back)\b
(?:push|pushed|pushes|shoved|shoves|dragged|drags|threw|throws) me (?:down|against|over|around
    |about|onto)\b
(?:throws?|threw|chucks?|chucked) (?:things|stuff|plates|[a-z]{{3,8}}) at me\b
(?:{THEY}) … {HURTS} (?:my|our) (?:mum|mom|mam|sister|brother|dad|nan)\b
(?:beat|beats|beaten|beating) (?:me )?up\b
(?:i|im|ive) (?:get|got|getting|am|was|been|being|keep getting|have been)? ?(?:hit|whipped|beaten
    |{ATTACKS}) (?:by (?:my|him|her|them|a man|men)|with|at home|every|all the|when|if|again)\b
(?:i was|im being|i am being|ive been|i got|was) (?:raped|molested|abused|groomed|sexually)\b
    |being abused\b
(?:being|get|getting|am|im) bullied\b|tried to rape
{KIN}s? … (?:gets|is|gone|turns|being|was|getting) (?:so |really |very )?(?:violent|abusive
    |aggressive)
(?:he|she) (?:gets|is|turns|was) (?:violent|abusive)\b|bruises? (?:from|off|because)
    |nightmares … what (?:he|she|they)\b|what (?:he|she|they) did to me
(?:came|comes|coming|gets|got|climbs?) in(?:to)? my (?:bed|bedroom)\b|(?:boyfriend|dad|uncle
    |brother|he) (?:came|comes|keeps coming) in(?:to)? my room\b
did (?:something|things|stuff|bad things) to me\b
{AFRAID} of (?:him|her|them|(?:my|our) {KIN}|(?:my|the) {GROWN_UP})\b
{AFRAID} of what (?:he|she|they|my|will happen)\b
{AFRAID} (?:that )?(?:he|she|they|(?:my )?{KIN}) … (?:kill|hurt|hit|beat|find me)\b
(?:scared|frightened|afraid|terrified|dont want|do not want) (?:to|of) (?:go|going|be
    |being) (?:back )?home\b
{NOT} want to go back to (?:my|the|him|her|them) … (?:hurt|hit|carers?|dad|mum)
{NOT} (?:really |always )?(?:feel |felt )?safe (?:at home|at mine|here|there|in my|(?:with
    |around) (?:him|her|them|my))\b
(?:im|i am) (?:not safe|in danger|unsafe)\b(?! (?:on|of|using|to|with)\b)|unsafe (?:at home|with)
lock(?:s|ed|ing)? (?:me|us) (?:in|out|up|away)\b|(?:wouldnt|wont|didnt|doesnt
    |refuses to) let me (?:out|leave|go|see my|eat|sleep)\b
(?:no|never|isnt|not) (?:any |enough |much )?food (?:at home|in the house|at mine)
    |and (?:there is |theres )?nothing to eat\b
nothing to eat (?:at home|in the house|at mine)|never have (?:any )?food\b|steal (?:food
    |from shops|to eat)
(?:kick|kicked|kicks|chucked|threw|throw) me out\b|kicked out (?:of (?:home|my)|and|by)
(?:i|ive) (?:have |got |have got )?no ?where (?:to (?:sleep|stay|go)|safe)\b
(?:i|we) live on the streets?\b|(?:im|i am) homeless\b
(?:im|i am|ive been|been) sleeping (?:rough|outside)\b
(?:sleep|sleeping|slept) (?:at|in|on) (?:the |a )?(?:bus|train|station|park|streets?|bench
    |stairwell|doorway|car)\b
(?:make|makes|making|made|force|forces|forcing|forced|wants?|send|sent) (?:me|us) … (?:marry
    |(?:to )?(?:get|be) married|marriage)\b
(?:wants?|going|will|trying|make) (?:to )?marry me\b|(?:send|take) me (?:away|abroad
    |back) … (?:marry|married)
(?:want|wants) me to go abroad … (?:marry|married)
"""
RUNNING_AWAY = r"""
(?<!who\x20)(?<!people\x20)(?:run|running|ran) (?:away|off) (?:from (?:home|care|here|him|them
    |my)|tonight|tomorrow|and not|soon|at the weekend)
(?:want|wanna|going|gonna|planning|plan|thinking|think) (?:to |of |about )?(?:run|running) away\b
(?:leave|leaving) home (?:tonight|tomorrow|and not|without telling|now)\b
"""
SECRETS_AND_MEETINGS = rf"""
our (?:little )?secret\b|(?:its|is|stays|keep it|stay) (?:just )?between (?:us|him and me
    |me and him|you and me)\b
ma[dk]es? me (?:swear|promise) … (?:tell|say|quiet|secret)\b
keep(?:ing)? (?:it|this|that|us|him) (?:as )?(?:a )?secret (?:from|between)\b
{ASKS} me … keep … (?:secret|quiet|between us)\b
(?:told|tells|telling|said|says|warned|swear|promise) (?:me )?(?:that )?(?:i )?(?:not to|never to
    |to not|not|dont|never|must not|mustnt|cant) tell (?!the truth|lies|jokes)
(?:not to|dont|never|cant) tell (?:any ?one|any ?body|no ?one|my (?:mum|mom|mam|dad|parents))\b
if i (?:told|tell|spoke|speak|report|went|go) … (?:any ?one|any ?body|some ?one|my|police
    |teacher)\b
(?:{THEY}) … {ASKS} (?:me )?(?:to |2 )?(?:get me )?(?:meet|come|go|stay|visit|see
    |be)(?: me)? … (?:alone|on my own|by my ?self|in private|(?:his|her|their) {HOUSE}
    |hotel)\b(?! (?:bike|two|feet|merit))
(?:online|on (?:snap|snapchat|insta|instagram|discord|roblox|tiktok|whatsapp|xbox)|(?:in|from
    |off) (?:a|the) (?:game|chat|site|app|internet)) … (?:{ASKS}|keeps) … (?:meet|see me|visit
    |send|(?:know )?my address|where i live|come)\b
i met (?:a|an|this|some) (?:man|guy|bloke|boy|lad|girl|older) … (?:online|on (?:snap|insta
    |discord|roblox))\b
{ASKS} me to meet (?:him|them)\b|who is \d\d and (?:he|she|they)\b|says (?:he|she) loves me\b
stay (?:behind|back|late) … (?:alone|every ?one|on my own)
(?:he|{GROWN_UP}) (?:texts|messages|rings|calls|dms|snaps) me (?:at night|late|all the time
    |and (?:says|asks))
(?:says|said|told me) (?:to|i should|i must) delete\b
keeps? (?:messaging|texting|following|ringing|calling|dming) me\b|what (?:im|i am|i was) wearing
"""
SEXUAL = rf"""
(?:send|sent|sending|asks?|asked|asking|wants?|post|posts|posting|share|leak|my
    |for) nudes?\b(?! [a-z]{{5}})
nudes? of (?:me|my|her|him)\b|(?:he|she|man|boss) wants sex\b|dick ?pics?\b|sexting\b
    |private parts\b|(?:his|her) privates\b
sexual (?:comments?|messages?|things?|stuff|remarks?|jokes?|favours?)
(?:naked|topless|nude) {PICTURE}\b|{PICTURE} of (?:me|my body|my ?self) (?:naked|topless
    |undressed|with (?:no|nothing)|without|in my)\b
{PICTURE} … (?:without|with no) (?:my )?(?:clothes|top|bra)\b|(?:sharing|shared|posting|posted
    |leaked|leaking|share|post) {PICTURE} of me\b
(?:he|she|they|man|guy|boss|someone|somebody) (?:[a-z]+ )?(?:asked|asks|wants?
    |keeps asking) (?:me )?for (?:a |some |more )?{PICTURE}\b(?! (?:id|of my work))
(?:took|take|taking|takes) off my {CLOTHES}|(?:take|took) my (?:clothes|bra|pants|top) off
    |with no clothes on\b
(?:hands?|fingers?) (?:up|down|in|inside|under|on) my (?:{CLOTHES}|{BODY})\b
(?:touch|touches|touched|touching|rubs?|rubbed|strokes?|stroked|grabs?|grabbed|slaps?|slapped
    |smacked|pinched|squeezed) my {BODY}\b
touch(?:es|ed|ing)? me (?:down|there|where|when|in|and)\b|grop(?:e|es|ed|ing) (?:me|my)
    |rubb?(?:ed|ing|s) (?:up )?against me|strok(?:es|ed|ing) my hair
(?:video|call|show|pose|picture|pic) … in my (?:underwear|bra|knickers|pants|boxers)\b
(?:show|showed|shows|showing|sent|sends) me … porn\b|puts? (?:his|her) (?:arms?|hands?) (?:round
    |around|on|up|down) (?:me|my)\b
(?:made|make|makes|making|forced|forces) me … send … {PICTURE}\b
(?:took|takes|taking) {PICTURE} of me (?:in the (?:changing|toilets?|shower|bath)|changing
    |undress)
(?:kiss|kisses|kissed|kissing) me\b|forc(?:ed|es|ing)? (?:him ?self on )?me (?:to|into)\b|(?:was
    |got|been) forced to (?:do|have|touch|go|watch)\b
made me (?:touch|kiss|undress|strip|have sex|sleep with|watch (?:porn|him)|do things)
(?:have|had|having|wants?) (?:to have )?sex with (?:me|him|her|my|them|a man)|if (?:i was|im
    |i am) a virgin
"""
BEING_USED = rf"""
(?:make|makes|made|making|force|forces|forced|want|wants|ask|asks|asked|gets?|got|have to
    |had to) (?:me )?(?:to )?(?:carry|sell|hold|deliver|move|hide|drop|run
    |drop off) (?:… )?{DRUGS}\b
(?:have|had) to (?:sell|drop|carry|deal|deliver|run) (?:stuff|things|it|for|drugs|weed)\b (?:off
    |for)
owe (?:them|him|her|people|someone|a man|some (?:boys|lads|men)|a dealer) … (?:money|cash|\d+)
owe (?:them|him|her|people|someone) (?:money|cash)
(?:hold|holding|hide|hiding|carry|carrying|store|storing) (?:a |the |his |some )?{DRUGS} for\b
    |other towns to sell|cook(?:ing)? drugs\b|took (?:away )?my passport
(?:our|my|the) house to (?:keep|hide|store|stash|sell|cook)\b
(?:im|i am|me|been|i) (?:to )?(?:selling|sell|dealing|deal|shotting) (?:drugs|weed|for (?:them
    |him))
(?:in|join|joined|joining|from) (?:a|the|his|their) gang\b(?! (?:show|of))
(?:he|she|they|lads|boys|{GROWN_UP}) (?:gives?|gave|buys|bought|brings) me … (?:vapes?|alcohol
    |vodka|weed|drugs?|fags|cigarettes|drink)\b
wants? me to do (?:things|stuff|favours)\b
"""
WEAPONS = r"""
(?:i|ive|im|he|hes|she|they|friend|got|to) (?:carry|carrying|carries|got|have|has|bring|bringing
    |hide|keep|need|bought) (?:a |my |the |got a )?(?:knife|blade|machete|gun)\b(?! (?:set|roll
    |kit|block|skills?|for|safely|rack|licence|class))
(?:i|im|ive|he|hes) … (?:take|taking|bring|bringing|get|getting) (?:a|my|his) (?:knife|blade
    |machete|gun)\b(?! (?:set|roll|kit|block|skills?|for|safely|class))
(?:theyre|they are|hes|he is|shes|people are|lads are) (?:all )?after me\b|cut me up\b
(?:could|would|might|gonna|will) kill (?:every ?one|them all|him|her|them|someone|somebody)\b
i (?:hit|punch|punched|kick|kicked) my (?:little |baby |younger |own )?(?:brother|sister|mum|dad
    |girlfriend|boyfriend)\b
(?:jump|jumping) me (?:after|at|with|because|on|when)\b
stab(?:s|bed|bing)? (?:me|him|her|them|us|someone|somebody|every ?one)\b|people (?:have|with
    |bring|got) knives
(?:said|says|going|gonna|threat[a-z]{3,7}|tried|trying|wants?|wanna) (?:(?:to|he|she|they|would
    |will|wud) ){0,3}(?:kill|murder|shoot) (?:me|him|her|them|us|someone|somebody|every ?one
    |my (?:mum|dad|sister|brother|nan))\b
(?:he|they|ex|boyfriend|uncle|man|lads) (?:will|ll|might|would) (?:kill|murder|hurt) (?:me|us
    |him ?self)\b
(?:shoot|blow|bomb|burn) (?:up )?(?:the|my|this) (?:school|college)
(?<!not\x20)(?<!dont\x20)(?:want|wanna|going|gonna|need) (?:to )?hurt (?:him|her|them|the people
    |someone|somebody|every ?one|people|me)\b
(?:he|she|they|you) (?:will|ll) be sorry\b
"""
CRIES_FOR_HELP = rf"""
(?:please|plz|pls|plss|somebody|someone) help me\b(?! (?:[a-z]{{3,9}}|to|in|be|do|my|a|at)\b)
(?:please|plz|pls) help … (?:{CANNOT}|scared|not safe|hurt)
(?:please|plz|pls)? ?help me (?:{CANNOT}|im|i am|he|she|they|please)\b
(?:please|plz|pls) (?:somebody|someone|anyone) help\b(?! me (?:to|with|find))
(?:im|i am) not ok(?:ay)?\b(?! with)
"""
TABLES = (
    WANTING_TO_DIE, HURTING_ONESELF, BEING_HURT, RUNNING_AWAY, SECRETS_AND_MEETINGS, SEXUAL,
    BEING_USED, WEAPONS, CRIES_FOR_HELP,
)  # fmt: skip
REPEATED = re.compile(r"([a-z])\1{2,}")
IN_A_WORD = re.compile(r"(?<=[a-z])[013458@$](?=[a-z])")
MEANT = str.maketrans("013458@$", "oieasbas")


def _pattern(wording: str) -> str:
    widened = wording.replace("… )?", "…\0").replace(" … ", f"{SOME_WORDS} ")
    widened = widened.replace("…\0", f"{SOME_WORDS}{GAP})?").replace(" ?", MAYBE)
    return widened.replace(" ", GAP)


# One pattern for all wordings reads a text once.
WORDINGS = tuple(
    wording for table in TABLES for wording in table.replace("\n    ", "").split("\n") if wording
)
WORRYING = re.compile(f"(?<![a-z0-9])(?:{'|'.join(map(_pattern, WORDINGS))})")


def is_worrying(text: str) -> bool:
    """Whether a person should look at a text at once, because somebody may not be safe."""
    plain = closed_up(folded(text)).text
    plain = IN_A_WORD.sub(lambda sign: sign[0].translate(MEANT), plain)
    return WORRYING.search(REPEATED.sub(r"\1", plain)) is not None
