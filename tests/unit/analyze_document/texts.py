"""The same short news in many languages: a committee approves a budget, a library is built. Written for these tests."""

# ruff: noqa: RUF001 - texts in other scripts are what this file is made of

from typing import Final

TEXTS: Final = {
    "en": (
        "The committee approved the budget for next year. Members of the board discussed the costs of the "
        "new library at length, and agreed that the work should begin in March. Dr. Smith said the library "
        "would serve about 3,000 readers."
    ),
    "de": (
        "Der Ausschuss hat den Haushalt für das nächste Jahr genehmigt. Die Mitglieder des Vorstands haben "
        "lange über die Kosten der neuen Bibliothek gesprochen. Die Arbeiten sollen im März beginnen, sagte "
        "Dr. Weber."
    ),
    "fr": (
        "Le comité a approuvé le budget pour l'année prochaine. Les membres du conseil ont longuement "
        "discuté des coûts de la nouvelle bibliothèque. Les travaux doivent commencer en mars."
    ),
    "es": (
        "El comité aprobó el presupuesto para el próximo año. Los miembros del consejo hablaron mucho de los "
        "costes de la nueva biblioteca. Las obras deben comenzar en marzo."
    ),
    "it": (
        "Il comitato ha approvato il bilancio per il prossimo anno. I membri del consiglio hanno discusso a "
        "lungo dei costi della nuova biblioteca. I lavori devono iniziare a marzo."
    ),
    "pt": (
        "O comitê aprovou o orçamento para o próximo ano. Os membros do conselho falaram muito sobre os "
        "custos da nova biblioteca. As obras devem começar em março."
    ),
    "nl": (
        "De commissie heeft de begroting voor het volgende jaar goedgekeurd. De leden van het bestuur hebben "
        "lang gesproken over de kosten van de nieuwe bibliotheek. Het werk moet in maart beginnen."
    ),
    "sv": (
        "Kommittén har godkänt budgeten för nästa år. Styrelsens medlemmar talade länge om kostnaderna för "
        "det nya biblioteket. Arbetet ska börja i mars och vara klart under hösten."
    ),
    "da": (
        "Udvalget har godkendt budgettet for næste år. Bestyrelsens medlemmer talte længe om udgifterne til "
        "det nye bibliotek. Arbejdet skal begynde i marts og blive færdigt efter sommeren."
    ),
    "nb": (
        "Utvalget har godkjent budsjettet for neste år. Styrets medlemmer snakket lenge om kostnadene for "
        "det nye biblioteket. Arbeidet skal begynne i mars og bli ferdig etter sommeren av hensyn til "
        "leserne."
    ),
    "fi": (
        "Valiokunta on hyväksynyt ensi vuoden talousarvion. Hallituksen jäsenet keskustelivat pitkään uuden "
        "kirjaston kustannuksista, ja he olivat sitä mieltä, että työ voi alkaa maaliskuussa. Se on hyvä, "
        "mutta ei halpa."
    ),
    "pl": (
        "Komisja zatwierdziła budżet na przyszły rok. Członkowie zarządu długo rozmawiali o kosztach nowej "
        "biblioteki. Prace mają się rozpocząć w marcu i nie mogą trwać dłużej niż do jesieni."
    ),
    "cs": (
        "Výbor schválil rozpočet na příští rok. Členové rady dlouho mluvili o nákladech na novou knihovnu. "
        "Práce mají začít v březnu a budou trvat až do podzimu, protože je jich mnoho."
    ),
    "ro": (
        "Comitetul a aprobat bugetul pentru anul viitor. Membrii consiliului au discutat mult despre "
        "costurile bibliotecii noi. Lucrările trebuie să înceapă în martie și să fie gata până la toamnă."
    ),
    "tr": (
        "Komite gelecek yıl için bütçeyi onayladı. Yönetim kurulu üyeleri yeni kütüphanenin maliyeti ile "
        "ilgili çok konuştu. Çalışmalar mart ayında başlayacak ve sonra bir yıl kadar sürecek."
    ),
    "hu": (
        "A bizottság jóváhagyta a jövő évi költségvetést. Az igazgatóság tagjai sokat beszéltek az új "
        "könyvtár költségeiről, és úgy döntöttek, hogy a munka márciusban kezdődik. Ez nem olcsó, de kell."
    ),
    "id": (
        "Komite telah menyetujui anggaran untuk tahun depan. Para anggota dewan berbicara lama tentang biaya "
        "perpustakaan baru. Pekerjaan itu akan dimulai pada bulan Maret dan selesai dalam satu tahun."
    ),
    "ru": (
        "Комитет утвердил бюджет на следующий год. Члены правления долго говорили о стоимости новой "
        "библиотеки. Работы должны начаться в марте, и они будут идти до осени."
    ),
    "uk": (
        "Комітет затвердив бюджет на наступний рік. Члени правління довго говорили про вартість нової "
        "бібліотеки. Роботи мають початися в березні, і вони триватимуть до осені."
    ),
    "bg": (
        "Комитетът одобри бюджета за следващата година. Членовете на управата говориха дълго за цената на "
        "новата библиотека. Работата трябва да започне през март и ще продължи до есента."
    ),
    "el": (
        "Η επιτροπή ενέκρινε τον προϋπολογισμό για το επόμενο έτος. Τα μέλη του συμβουλίου μίλησαν πολύ για "
        "το κόστος της νέας βιβλιοθήκης. Οι εργασίες πρέπει να αρχίσουν τον Μάρτιο."
    ),
    "he": (
        "הוועדה אישרה את התקציב לשנה הבאה. חברי המועצה דיברו ארוכות על עלות הספרייה החדשה. העבודה צריכה "
        "להתחיל במרץ. הספרייה תשרת את כל התושבים."
    ),
    "ar": (
        "وافقت اللجنة على ميزانية العام المقبل. تحدث أعضاء المجلس طويلا عن تكلفة المكتبة الجديدة. هل يجب أن "
        "يبدأ العمل في شهر مارس؟ نعم، المكتبة للجميع."
    ),
    "fa": (
        "کمیته بودجه سال آینده را تصویب کرد. اعضای هیئت مدیره درباره هزینه کتابخانه جدید گفتگو کردند. کار "
        "باید در ماه مارس آغاز شود و تا پاییز ادامه دارد."
    ),
    "ur": (
        "کمیٹی نے اگلے سال کے بجٹ کی منظوری دے دی ہے۔ بورڈ کے ارکان نے نئی لائبریری کے اخراجات پر بات کی۔ "
        "کام مارچ میں شروع ہونا چاہیے۔"
    ),
    "hi": (
        "समिति ने अगले वर्ष के बजट को मंजूरी दी है। बोर्ड के सदस्यों ने नए पुस्तकालय की लागत पर लंबी चर्चा की। "
        "काम मार्च में शुरू होना चाहिए।"
    ),
    "th": (
        "คณะกรรมการอนุมัติงบประมาณสำหรับปีหน้าแล้ว สมาชิกของคณะกรรมการหารือเรื่องค่าใช้จ่ายของห้องสมุดแห่งใหม่ "
        "งานก่อสร้างห้องสมุดจะเริ่มในเดือนมีนาคม"
    ),
    "ja": (
        "委員会は来年の予算を承認しました。理事会のメンバーは新しい図書館の費用について長く議論しました。"
        "図書館の工事は三月に始まります。利用者は図書館を楽しみにしています。"
    ),
    "zh": (
        "委员会批准了明年的预算。董事会成员详细讨论了新图书馆的费用。图书馆的工程将于三月开始。"
        "读者们期待新图书馆的开放。"
    ),
    "ko": (
        "위원회는 내년 예산을 승인했습니다. 이사회는 새 도서관의 비용에 대해 오래 논의했습니다. 도서관 "
        "공사는 3월에 시작됩니다. 도서관은 모든 주민을 위한 것입니다."
    ),
    "zh-Hant": (
        "委員會批准了明年的預算。董事會成員詳細討論了新圖書館的費用。圖書館的工程將於三月開始。"
        "讀者們期待新圖書館的開放。"
    ),
}
