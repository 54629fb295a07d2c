"""The small words of each language: they tell the language, and say nothing of what a text is about.

Our own short lists, made for both ends; they hold what is frequent, not what is complete.
"""

# ruff: noqa: RUF001 - words of other scripts look like Latin letters to it

from typing import Final

from shared.search.scripts import Script


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LATIN: Final = {
    "en": _set(
        "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they"
        " which one you were all we when your can said there use each she how their if will up other about out many"
        " then them these so some her would make like him into has more its who did get may than been any only over"
        " such our also after most should must no do does what where while because between under both very being could"
        " those through during before however within without per upon shall every another same own just too here"
    ),
    "de": _set(
        "der die das und in zu den ist nicht von mit sich auf für dem im ein eine als auch es an werden aus er hat dass"
        " sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr"
        " durch man sein wurde sei kann wenn ich wir ihr uns diese dieser dieses sehr muss schon unter gegen vom können"
        " alle seine ihre ihrer doch jedoch damit dann da hier sowie zwischen soll sollen wurden keine kein was weil"
        " ohne beim des eines jede jeder hatte ihm ihn mich dir euch jetzt immer"
    ),
    "fr": _set(
        "de la le et les des en un une du que est dans qui par pour au a il sur ne se pas plus ce son avec sont mais on"
        " ou été être cette ces ses aux nous vous ils elle leur leurs comme fait peut tout tous toutes entre sans si"
        " aussi deux même dont où avait ont était sa y je lui doit afin ainsi chaque lors après avant sous depuis"
        " encore très donc alors elles notre nos votre vos mon ma mes toute non quand car selon vers chez"
    ),
    "es": _set(
        "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin"
        " sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque"
        " qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada e"
        " otro otra estos estas ante ellos durante según debe pueden cual les unos unas esto eso nosotros aunque"
    ),
    "it": _set(
        "di e il la che in un a per è una sono del con non si da come le dei nel alla al i della più anche ha lo gli o"
        " ma delle dal su se questo questa nella dalla degli sul essere ai loro alle stato suo sua tra cui fra quando"
        " dopo era prima due molto tutti tutto ogni hanno può ed ad deve quindi così senza dove ci perché sempre solo"
        " nei nelle agli dello allo mio noi voi chi io sia stata già ancora però mentre questi queste quello quella"
    ),
    "pt": _set(
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua"
        " ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter"
        " seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos cada onde"
        " deve podem são este esta estes pode ainda sobre foi porque então nós todos todas após"
    ),
    "nl": _set(
        "de van het een en in is dat op te zijn voor met die niet aan er om ook als dan maar bij nog uit door naar over"
        " ze hij was worden wordt heeft hebben of deze dit kan tot je mijn meer al geen wel zich hun moet zou we ik zij"
        " onder na kunnen werd wat tussen haar alle veel zoals omdat tegen eerste andere zeer elke elk onze ons waar"
        " wie hoe dus toch toen hem uw u zal zullen moeten binnen zonder daar hier"
    ),
    "sv": _set(
        "och att det i en på är som av för med till den har de inte om ett han men var jag sig från vi så kan när år"
        " under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här"
        " då sedan över bara in blir upp även vad få två vill ha många hur mer går sina hon deras dem denna detta dessa"
        " utan mellan varje genom måste blev något någon inom samt ni er vår vårt våra"
    ),
    "da": _set(
        "og i at det er en til af på for den de der med som ikke et har fra om han men var jeg sig kan vi så når ved"
        " også efter eller nu hvor mod skal skulle blev bliver være havde alle andre meget end her da over kun op"
        " hvad to vil mange hun deres dem denne dette disse uden mellem hver gennem må noget nogen inden samt vores"
        " sin sine man ham hende mig dig os blive været under ud"
    ),
    "nb": _set(
        "og i det er på til en som for at av de med den ikke et har fra om han men var jeg seg kan vi så når ved"
        " også etter eller nå hvor mot skal skulle ble blir være hadde alle andre mye enn her da over bare opp"
        " hva to vil mange hun deres dem denne dette disse uten mellom hver gjennom må noe noen innen samt vår våre"
        " sin sine man ham henne meg deg oss blitt vært under ut"
    ),
    "fi": _set(
        "ja on ei se että oli hän mutta kun ovat tai ole niin myös joka kuin sen ne jos voi sekä vain mukaan jo"
        " nyt kanssa mitä ennen jälkeen ollut olla olisi sitä tämä tämän tässä jossa joita jotka jonka hänen he"
        " siitä sitten vielä noin kaikki kuitenkin koska minä sinä me te ovatko eikä eivät mikä missä siinä näin"
        " kautta välillä voidaan pitää tulee jokainen ilman aikana"
    ),
    "pl": _set(
        "i w na z się nie do że to jest o jak a po od za co ale są przez dla jego przy lub tym być tego które który"
        " która ma już oraz tak jej ich można było był była pod tylko także może roku czy ten tej ta te ze we nad bez"
        " gdy między jako jeszcze tych wszystkich wszystkie każdy każda każdego bardzo po przed będzie mogą musi swoje"
        " którzy których nas nam ja my wy on ona oni jeśli więc dlatego podczas"
    ),
    "cs": _set(
        "a v se na je že s z do o i to jako za by k ale si ve pro po jsou tak jeho od který která které nebo byl byla"
        " bylo při však jen jak už být podle také pod až co když mezi není než kde před bez ke ze jejich této tento"
        " tato toto těchto může mohou musí každý každá velmi já my vy on ona oni pokud proto během aby ještě však"
        " kteří nás nám sebe má mají"
    ),
    "ro": _set(
        "de și în la a cu pe care nu să din se o este un pentru mai ce au că sunt ca prin sau ale al fost lui între"
        " după dar fi cel cea cei cele acest această aceste acesta fiecare fără ei său sa sale avea aceasta poate"
        " trebuie când unde foarte doar până sub către dintre iar am ai noi voi eu el ea lor fie dacă astfel precum"
    ),
    "tr": _set(
        "ve bir bu da de için ile olarak çok daha en gibi olan kadar sonra var ne her o ama ya ki mi olduğu göre"
        " değil ise tarafından şey ben sen biz siz onlar onun bunun arasında önce hem veya yok diye bütün olur oldu"
        " olduğunu tüm ancak üzerinde içinde üzere böyle bazı nasıl neden kendi şu iki ilk her hiç"
    ),
    "hu": _set(
        "a az és hogy nem is egy ez meg de van volt csak el már mint ha azt ki még vagy kell lehet ezt sem mert"
        " olyan majd után között ami amely aki által minden pedig így itt ott ők én te mi ti ő szerint során illetve"
        " alatt több nagyon azok ezek annak ennek volna lesz vannak voltak akkor mikor ahol"
    ),
    "id": _set(
        "yang dan di dengan untuk dari ini itu pada dalam tidak adalah ke akan oleh juga atau sebagai ada dapat telah"
        " bisa karena saya kami kita mereka dia ia anda lebih sudah tersebut seperti setiap harus antara bahwa serta"
        " secara hanya banyak saat belum agar jika maka para bagi namun setelah sebelum tanpa"
    ),
}

OTHERS: Final = {
    "ru": _set(
        "и в не на что я с он а как это по но они к у из за от то же все так его для мы о было был быть если или её"
        " при до бы ее их уже только когда также чтобы этот эта эти этого который которая которые может под между"
        " после до без где есть нет более во со ни да вы вас нас ему ей них чем том тем этом была были каждый очень"
        " должен должна должны свой свои своей через перед"
    ),
    "uk": _set(
        "і в на не що з у та до це за як від він але про є для вони по ми його також або який яка які був була було"
        " були може при під між після без де немає більше щоб якщо цей ця ці цього коли тільки вже їх її й бути так"
        " зі із ж би вона нас вас йому їй них тим том кожен кожна дуже повинен свої свій своєї через перед"
    ),
    "bg": _set(
        "и в на не да се за от е че с по като са но той това му със а те ще си или до при може който която които"
        " беше бяха бъде когато също след между без където има няма повече ако този тази тези само вече тя ни ви им"
        " във ли би към през преди всеки всяка много трябва своите своя си го я ги"
    ),
    "el": _set(
        "και το να του η της με που την από για είναι στο τα τον οι δεν σε ο θα τη των στην μας τους ένα μια ότι αλλά"
        " στη στον πολύ αυτό αυτή αυτά αυτός ή ως έχει κατά μετά πριν μόνο όταν όπως πρέπει μπορεί κάθε χωρίς μεταξύ"
        " ήταν έχουν στα στις στους μου σου τις ένας μία αν επίσης αυτές αυτών οποία οποίο οποίος όμως διότι προς υπό"
    ),
    "he": _set(
        "של את על לא הוא היא זה עם כל גם או אם כי אל יש אין היה הם הן אני אנחנו אתה אבל מה מי רק עד כך זו אלה בין"
        " אחרי לפני יותר מאוד לכל כמו כאשר בו בה לו לה להם שלו שלה שלהם היו תחת ללא ידי אשר ואת הזה הזו ניתן צריך"
    ),
    "ar": _set(
        "في من على إلى أن التي الذي هذا هذه عن مع كان لا ما أو قد كل بعد ذلك كما بين لم وقد إن هو هي غير حتى عند"
        " أي منذ خلال ثم قبل هم كانت يكون تكون له لها لهم به بها فيه فيها ولا وفي ومن وهو وهي وكان لكن إذا يجب يمكن"
        " تم دون الذين تلك هناك لن ليس أكثر نحن أنا أنت"
    ),
    "fa": _set(
        "و در به از که این را با است برای آن یک تا می بر هم شد خود بود شود کرد ها نیز ما اما او یا هر شده باید کند"
        " های بین پس همه چه اگر دارد بعد قبل بدون ولی آنها من شما ایشان هستند نیست بسیار دیگر پیش زیر روی"
    ),
    "ur": _set(
        "کے کی میں اور ہے سے کا کو نے پر ہیں یہ کہ بھی تھا ایک اس کر تھی ہو گیا وہ جو نہیں لئے لیے ساتھ بعد تھے ہی"
        " کیا گئی تک ان ہم آپ اگر یا پہلے درمیان بغیر ہر بہت جب ہوتا ہوتی کرنے چاہیے سکتا"
    ),
    "hi": _set(
        "के का की में है और से को पर यह ने हैं कि भी एक इस था नहीं तो कर हो जो लिए या ही वह गया थी साथ बाद थे तक"
        " उन हम आप अगर पहले बीच बिना हर बहुत जब होता होती करने चाहिए सकता सकते अपने इसके उनके द्वारा किया गई रहा रहे"
    ),
    "ko": _set(
        "이 그 저 것 수 등 및 또는 그리고 그러나 하지만 있다 없다 하는 있는 없는 된다 한다 대한 위한 위해 통해 따라"
        " 대해 모든 각 더 매우 때 중 후 전 이다 합니다 있습니다 입니다 됩니다 때문에 경우 우리 그는 그녀 나는 것이다"
        " 것은 것을 수가 있으며 하고 하며 에서 으로 까지 부터"
    ),
}

WORDS: Final = {**LATIN, **OTHERS}

BY_SCRIPT: Final = {
    Script.LATIN: tuple(LATIN),
    Script.CYRILLIC: ("ru", "uk", "bg"),
    Script.ARABIC: ("ar", "fa", "ur"),
    Script.GREEK: ("el",),
    Script.HEBREW: ("he",),
    Script.DEVANAGARI: ("hi",),
    Script.HANGUL: ("ko",),
}
"""The languages that a script's function words decide between."""
