/** Everyday words that say nothing about the request, known so that spelling leaves them alone. */
export const plainWords = new Set(
  `
    a about above after afternoon again ago all alloy along already also always am an and angry
    any anything april archive are as at august autumn away back bad ball base basis be
    beach beans because been before being best better between big blocked boiler bold book booked
    booking books border boss both box boxes brace brain bring broken bull but by calm came can
    care cart cash cast cause caused causes center centre chain chair chance chart cheap cheat
    cheek chick child children chip chop clean clear clone closet coat cold color colour come
    contract contracts cook cooking cope cord core couch could crack crate cream crude current
    date dated dates dating day days dear december desk device did dime do does doing done double
    down drive driver driving each early ease eating eight eleven else enable enabled enables end
    entry even evening ever every exist expert fair fall fame far farm fast february few fight
    filed fill find fine firm first five fold for form forms forth four free friday from full
    game garden gave give given glass go gods going golf gone good got grace had hair hall hallow
    happen happened happy hard has have having he hear heard height hello help helped helping her
    here hero hey hi hill him his hold home hook hope hose host hour house how hungry husband i
    if in into is it its january jeans july june just keep kept kill kind kissed kitchen know
    laid lamp large last late later leak leaking lease least left less let letter letters life
    lift light like lime line lines little live lived lives logic long look looked love lung made
    mail main make mall many march mark marked matter may maybe me mean meant metal might mill
    mind mine minutes miss mode modes monday month months moon more morning most mr ms much must
    my nail need never next nice night nine no nobody node none noon nose not nothing november
    now october of off old older on once one online only onto other our out oven over own pads
    page pages pain paint pair pan part past peace peach pending people perhaps phase piece
    pieces pill place plane plant play please police possible post pound preview price prices
    prize process promise put quick quite race rack raid rain raise raised rate rather react read
    real really regarding related rent rest ride right river role roles room rounds ruler safe
    said sail sale sales same sand saturday save say school section seem seen sense sent
    september seven she shirt shoe shoes shot should side sight simple since sing site size skip
    slip slow small snow so soap sofa sold some son song sorry sort sound sounds spend spoon
    spring stain states statue stop stopped stops summer sunday sure swamp table tail take tall
    task tasks teach team tell ten tense terror test tested than thank thanks that the their them
    then there these they thin think this those though three through thursday tight tile tire
    tissue to today told tomorrow too took top torch tough toward town trade train trick truck
    trucks try trying tuesday turn twelve two under unless until u up us used vase very wage wait
    walk wall wanna want warn warning was water way we wednesday week weeks weight well went were
    what where whether which while who whole whom why wife will wind winter wish with without
    wood woods word work working world worse would writing yard year years yes yesterday yet you
    your yours
  `
    .trim()
    .split(/\s+/),
);

/** Left out before phrases are read, so that "how bloody long" is still "how long". */
export const swearWords = new Set(
  "bloody damn damned dammit goddamn goddamned fuck fucking fucked shit shitty crap crappy hell bullshit".split(
    " ",
  ),
);
