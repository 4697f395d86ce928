/**
 * Folder names that mail programs and servers give to folders with a role, in many languages. They stand in where a
 * server has no special-use attributes (RFC 6154). Data; a name belongs to one role only, which a test keeps.
 */

/** The roles of RFC 6154 that people name differently; the others (`all`, `flagged`, `important`) are views. */
export const NAMED_ROLES = ['sent', 'drafts', 'trash', 'junk', 'archive'] as const
export type NamedRole = (typeof NAMED_ROLES)[number]

/** Folders that Exchange knows beside the roles; over IMAP they are ordinary folders with these names. */
export const EXCHANGE_FOLDERS = ['outbox', 'calendar', 'contacts', 'journal', 'tasks', 'notes'] as const
export type ExchangeFolder = (typeof EXCHANGE_FOLDERS)[number]

/** One line a language; the first name is the one that most servers use. `|` separates, no name holds one. */
const ROLE_NAMES: Readonly<Record<NamedRole, readonly string[]>> = {
  sent: [
    'Sent|Sent Messages|Sent Items|Sent Mail|Sent Email|Sent E-mail|Sent-Mail|Sent Objects|SentMail|SentItems',
    'Gesendet|Gesendete Elemente|Gesendete Objekte|Gesendete Nachrichten|Gesendete E-Mails|Gesendete Mails|Versendet',
    'Envoyés|Éléments envoyés|Messages envoyés|Objets envoyés|Courrier envoyé|E-mails envoyés|Envoyes|Elements envoyes',
    'Enviados|Elementos enviados|Mensajes enviados|Correo enviado|Correos enviados|Bandeja de enviados',
    'Itens Enviados|Mensagens enviadas|E-mails enviados|Enviadas|Correio Enviado|Enviats|Elements enviats|Missatges enviats',
    'Posta inviata|Inviati|Inviata|Messaggi inviati|Elementi inviati',
    'Verzonden|Verzonden items|Verzonden berichten|Verzonden e-mail|Verstuurd|Verzonden objecten',
    'Skickat|Skickade|Skickade objekt|Skickade meddelanden|Skickad e-post',
    'Sendt|Sendt post|Sendte elementer|Sendte meddelelser|Sendte mails|Sendte beskeder|Sendt e-mail',
    'Sendte meldinger|Sendte e-poster|Sendt e-post|Sendte',
    'Lähetetyt|Lähetetyt viestit|Lähetetyt kohteet|Saadetud|Saadetud kirjad|Saadetud üksused',
    'Wysłane|Elementy wysłane|Wysłane elementy|Wiadomości wysłane|Wyslane|Poczta wysłana',
    'Odeslané|Odeslaná pošta|Odeslané zprávy|Odoslané|Odoslaná pošta|Odoslané položky|Odoslané správy',
    'Elküldött|Elküldött elemek|Elküldött üzenetek|Elküldött levelek',
    'Trimise|Elemente trimise|Mesaje trimise|E-mailuri trimise|Poslano|Poslane stavke|Poslani predmeti|Poslato|Послато',
    'Изпратени|Изпратени елементи|Изпратена поща|Изпратени съобщения',
    'Отправленные|Отправлено|Отправленные сообщения|Отправленные письма',
    'Надіслані|Надіслані елементи|Відправлені|Надіслане|Відправлено|Išsiųsti|Išsiųsti laiškai|Nosūtītie|Nosūtītie vienumi',
    'Απεσταλμένα|Απεσταλμένα στοιχεία|Σταλμένα|Απεσταλμένα μηνύματα',
    'Gönderilmiş|Gönderilmiş Öğeler|Gönderilenler|Gönderilen|Gönderilmiş Postalar|Gönderilen Öğeler|Gönderilmiş İletiler',
    '送信済み|送信済みアイテム|送信済みトレイ|送信済みメール|送信済みメッセージ|送信箱',
    '已发送|已发送邮件|已发邮件|已发送的邮件|已发送消息|寄件備份|已寄出|已傳送|已寄郵件|寄件備份匣|已傳送的郵件|寄件匣備份',
    '보낸 편지함|보낸메일함|보낸 메일함|보낸메일|보낸 메일|보낸 항목',
    'المرسلة|العناصر المرسلة|البريد المرسل|الرسائل المرسلة|المرسل|ارسال شده|Thư đã gửi|Mục đã gửi|Đã gửi',
    'פריטים שנשלחו|דואר יוצא שנשלח|נשלח|דואר שנשלח|הודעות שנשלחו|จดหมายที่ถูกส่ง|รายการที่ส่ง|Terkirim|Item Terkirim|Pesan Terkirim',
  ],
  drafts: [
    'Drafts|Draft|Draft Messages|Draft Mail',
    'Entwürfe|Entwurf|Entwuerfe|Brouillons|Brouillon|Borradores|Borrador|Rascunhos|Rascunho|Esborranys|Bozze|Bozza',
    'Concepten|Concept|Klad|Utkast|Kladder|Kladde|Kladd|Luonnokset|Luonnos|Mustandid',
    'Szkice|Kopie robocze|Wersje robocze|Robocze|Koncepty|Rozepsané|Rozepsané zprávy|Rozpísané|Koncepty správ',
    'Piszkozatok|Piszkozat|Vázlatok|Ciorne|Schițe|Skice|Nacrti|Osnutki|Нацрти|Juodraščiai|Melnraksti',
    'Чернови|Черновики|Черновик|Чернетки|Πρόχειρα|Taslaklar|Taslak',
    '下書き|下書きトレイ|下書きフォルダ|草稿|草稿箱|草稿匣|草稿夹|임시 보관함|임시보관함|임시 저장|임시저장함',
    'المسودات|مسودات|پیش‌نویس‌ها|טיוטות|Thư nháp|Nháp|แบบร่าง|ร่างจดหมาย|Draf|Konsep',
  ],
  trash: [
    'Trash|Deleted Messages|Deleted Items|Deleted|Deleted Mail|Deleted Objects|DeletedItems|Bin|Wastebasket|Rubbish|Trash Can',
    'Papierkorb|Gelöscht|Gelöschte Elemente|Gelöschte Objekte|Gelöschte Nachrichten|Gelöschte E-Mails|Geloeschte Elemente',
    'Corbeille|Éléments supprimés|Messages supprimés|Supprimés|Poubelle|Elements supprimes|Courriers supprimés',
    'Papelera|Papelera de reciclaje|Elementos eliminados|Mensajes eliminados|Eliminados|Correo eliminado|Correos eliminados',
    'Lixeira|Lixo|Itens Excluídos|Itens Eliminados|Mensagens excluídas|Reciclagem|Paperera|Elements suprimits',
    'Cestino|Posta eliminata|Elementi eliminati|Messaggi eliminati|Eliminati|Eliminata',
    'Prullenbak|Prullenmand|Verwijderd|Verwijderde items|Verwijderde berichten|Verwijderde objecten',
    'Papperskorg|Papperskorgen|Borttaget|Borttagna|Borttagna objekt|Raderade objekt|Raderat',
    'Papirkurv|Papirkorg|Papirkurven|Slettet post|Slettede elementer|Slettet|Slettede meddelelser|Søppel|Søppelkasse|Slettede',
    'Roskakori|Poistetut|Poistetut viestit|Poistetut kohteet|Prügi|Prügikast|Kustutatud üksused|Kustutatud',
    'Kosz|Elementy usunięte|Usunięte|Usunięte elementy|Wiadomości usunięte|Usuniete',
    'Koš|Odstraněná pošta|Odstraněné|Odstraněné položky|Kôš|Odstránené položky|Odstránená pošta|Odstránené|Smazané',
    'Törölt|Törölt elemek|Kuka|Lomtár|Törölt üzenetek|Törölt levelek',
    'Coș de gunoi|Elemente șterse|Coş de gunoi|Elemente şterse|Gunoi|Mesaje șterse|Smeće|Izbrisano|Izbrisane stavke|Koš za smeće|Otpad|Смеће',
    'Кошче|Изтрити|Изтрити елементи|Корзина|Удаленные|Удалённые|Удаленные элементы|Удалённые элементы|Удаленные сообщения',
    'Кошик|Видалені|Видалені елементи|Видалено|Смітник|Šiukšlės|Šiukšliadėžė|Ištrinti|Ištrinti elementai|Atkritne|Izdzēstie vienumi',
    'Κάδος|Κάδος απορριμμάτων|Διαγραμμένα|Διαγραμμένα στοιχεία|Κάδος ανακύκλωσης|Απορρίμματα',
    'Çöp|Çöp Kutusu|Silinmiş Öğeler|Silinmiş|Silinen Öğeler|Silinenler|Çöp Sepeti',
    'ごみ箱|ゴミ箱|削除済みアイテム|削除済み|削除済みトレイ|削除済みメール|削除済みメッセージ',
    '已删除|已删除邮件|已删除的邮件|废件箱|废纸篓|回收站|已刪除的郵件|刪除的郵件|垃圾桶|回收筒|已刪除|已刪除郵件|資源回收筒',
    '휴지통|지운 편지함|지운편지함|삭제된 항목|지운 항목',
    'المهملات|سلة المهملات|العناصر المحذوفة|المحذوفة|البريد المحذوف|אשפה|פריטים שנמחקו|פח אשפה|דואר שנמחק',
    'Thùng rác|Mục đã Xóa|ถังขยะ|รายการที่ถูกลบ|Sampah|Tempat Sampah|Item Terhapus',
  ],
  junk: [
    'Junk|Spam|Junk E-mail|Junk Email|Junk Mail|JunkEmail|JunkMail|Bulk Mail|Bulk|Bulk E-mail|Spambox',
    'Spamverdacht|Spam-Verdacht|Werbung und Spam|Junk-E-Mail|Unerwünscht|Unerwünschte Werbung|Unerwünschte E-Mails|Spam-Mail|Junk-Mail',
    'Courrier indésirable|Indésirables|Indésirable|Pourriel|Pourriels|Courrier indesirable|Messages indésirables',
    'Correo no deseado|Correo electrónico no deseado|No deseado|Correo basura',
    'Lixo eletrônico|Lixo Eletrónico|E-mail de lixo|Correio não solicitado|Correo brossa|Correu brossa',
    'Posta indesiderata|Indesiderata|Indesiderati',
    'Ongewenst|Ongewenste e-mail|Ongewenste reclame|Ongewenste berichten',
    'Skräppost|Skräp|Uønsket|Uønsket e-mail|Uønsket mail|Uønsket post|Uønsket e-post|Søppelpost|Useriøs e-post|Uønsket reklame',
    'Roskaposti|Roskapostit|Rämpspost',
    'Wiadomości-śmieci|Wiadomości śmieci|Śmieci|Niechciane|Wiadomości niechciane',
    'Nevyžádaná pošta|Nevyžádané|Nevyžiadaná pošta|Nevyžiadané|Levélszemét|Kéretlen|Kéretlen levelek',
    'E-mail nedorit|Mesaje nedorite|Mesaje nesolicitate|Nedorite|Neželjena pošta|Neželena pošta|Neželjena e-pošta|Нежељена пошта',
    'Нежелана поща|Нежелани|Спам|Нежелательная почта|Нежелательные|Сомнительные|Небажана пошта|Небажані|Небажана ел. пошта',
    'Brukalas|Nepageidaujamas el. paštas|Nepageidaujami laiškai|Mēstules|Surogātpasts',
    'Ανεπιθύμητα|Ανεπιθύμητη αλληλογραφία|Ανεπιθύμητη|Ανεπιθύμητα μηνύματα',
    'Önemsiz|Önemsiz E-posta|Gereksiz|İstenmeyen|İstenmeyen E-posta|Gereksiz E-posta',
    '迷惑メール|迷惑メールフォルダ|迷惑メールトレイ|垃圾邮件|垃圾邮箱|广告邮件|垃圾郵件|垃圾郵件匣|廣告郵件',
    '정크 메일|정크|스팸|스팸메일함|스팸 메일함|스팸함|스팸메일|정크 메일함',
    'البريد الإلكتروني غير الهام|البريد غير الهام|البريد العشوائي|بريد مزعج|البريد المزعج|هرزنامه|דואר זבל|דואר זבל אלקטרוני|ספאם',
    'Thư rác|Email rác|เมลขยะ|อีเมลขยะ|จดหมายขยะ|Email Sampah|Kotak Sampah',
  ],
  archive: [
    'Archive|Archives|Archived|Archived Messages|Archived Mail|Archiv|Archivierte Nachrichten',
    'Archivo|Archivos|Archivados|Arquivo|Arquivo Morto|Arquivados|Arxiu|Archivio|Archiviati|Archiviata',
    'Archief|Gearchiveerd|Arkiv|Arkiverat|Arkiverade|Arkiverede|Arkivert|Arkisto|Arkistoidut|Arhiiv',
    'Archiwum|Zarchiwizowane|Archív|Archivované|Archívum|Arhivă|Arhiva|Arhiv|Архива',
    'Архив|Архів|Αρχείο|Αρχειοθήκη|Αρχειοθέτηση|Arşiv|Arşivlenmiş|Archyvas|Arhīvs',
    'アーカイブ|保存済み|归档|存档|存檔|封存|보관|보관함|보관 편지함|أرشيف|الأرشيف|بایگانی|ארכיון|Lưu trữ|ที่เก็บถาวร|Arsip',
  ],
}

const EXCHANGE_NAMES: Readonly<Record<ExchangeFolder, readonly string[]>> = {
  outbox: [
    "Outbox|Postausgang|Boîte d'envoi|Bandeja de salida|Caixa de Saída|A Enviar|Posta in uscita|Postvak UIT|Utkorg|Udbakke|Utboks",
    'Lähtevät|Skrzynka nadawcza|Pošta k odeslání|Pošta na odoslanie|Postázandó üzenetek|Ieșire|Изходящи|Исходящие|Вихідні',
    'Εξερχόμενα|Giden Kutusu|送信トレイ|发件箱|寄件匣|보낼 편지함|صندوق الصادر|البريد الصادر|דואר יוצא',
  ],
  calendar: [
    'Calendar|Kalender|Calendrier|Calendario|Calendário|Kalenteri|Kalendarz|Kalendář|Kalendár|Naptár|Календар|Календарь',
    'Ημερολόγιο|Takvim|予定表|カレンダー|日历|行事曆|일정|التقويم|לוח שנה',
  ],
  contacts: [
    'Contacts|Kontakte|Contactos|Contatos|Contatti|Contactpersonen|Kontakter|Kontaktpersoner|Yhteystiedot|Kontakty|Kontakty osobiste',
    'Névjegyek|Névjegyalbum|Persoane de contact|Контакти|Контакты|Επαφές|Kişiler|連絡先|联系人|連絡人|연락처|جهات الاتصال|אנשי קשר',
  ],
  journal: [
    'Journal|Diario|Diário|Logboek|Päiväkirja|Dziennik|Deník|Denník|Napló|Jurnal|Дневник|Журнал|Ημερολόγιο ενεργειών|Günlük|履歴|日记|日誌|업무 일지|دفتر اليومية|יומן',
  ],
  tasks: [
    'Tasks|Aufgaben|Tâches|Tareas|Tarefas|Attività|Taken|Uppgifter|Opgaver|Oppgaver|Tehtävät|Zadania|Úkoly|Úlohy|Feladatok|Activități',
    'Задачи|Завдання|Εργασίες|Görevler|タスク|仕事|任务|工作|작업|المهام|משימות',
  ],
  notes: [
    'Notes|Notizen|Notas|Note|Notities|Anteckningar|Noter|Notater|Muistiinpanot|Muistilaput|Notatki|Poznámky|Feljegyzések',
    'Бележки|Заметки|Нотатки|Примітки|Σημειώσεις|Notlar|メモ|便笺|便箋|記事|메모|ملاحظات|الملاحظات|פתקים',
  ],
}

/** Names compare without case, in NFC, with the apostrophes and the Turkish dotted I of any keyboard. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('i\u0307', 'i').replaceAll('\u2019', "'")
}

interface Entry<Meaning> {
  readonly meaning: Meaning
  readonly rank: number
}

function indexOf<Meaning extends string>(
  meanings: readonly Meaning[],
  names: Readonly<Record<Meaning, readonly string[]>>,
): ReadonlyMap<string, Entry<Meaning>> {
  const index = new Map<string, Entry<Meaning>>()
  for (const meaning of meanings) {
    names[meaning]
      .flatMap((line) => line.split('|'))
      .forEach((name, rank) => {
        const key = foldName(name)
        if (!index.has(key)) index.set(key, { meaning, rank })
      })
  }
  return index
}

const ROLES = indexOf(NAMED_ROLES, ROLE_NAMES)
const EXCHANGE = indexOf(EXCHANGE_FOLDERS, EXCHANGE_NAMES)

/** Every name with its meaning, as spelt: for tests and documents. */
export function wellKnownNames(): { name: string; meaning: NamedRole | ExchangeFolder }[] {
  const names = { ...ROLE_NAMES, ...EXCHANGE_NAMES }
  return [...NAMED_ROLES, ...EXCHANGE_FOLDERS].flatMap((meaning) =>
    names[meaning].flatMap((line) => line.split('|')).map((name) => ({ name, meaning })),
  )
}

/** The role that a folder of this name has wherever it stands at the top; null for any other name. */
export function roleOfName(name: string): NamedRole | null {
  return ROLES.get(foldName(name))?.meaning ?? null
}

/** How usual a name is for its role: 0 is the commonest; Infinity for names of no role. */
export function rankOfName(name: string): number {
  return ROLES.get(foldName(name))?.rank ?? Infinity
}

/**
 * The name by which a folder may be known: only of folders at the top or directly below INBOX. A `Sent` further
 * down was put there by a person and means what that person meant.
 */
function topName(path: readonly string[]): string | null {
  if (path.length === 1) return path[0]!
  return path.length === 2 && foldName(path[0]!) === 'inbox' ? path[1]! : null
}

/** The role of a folder by its name and place; null when name or place say nothing. */
export function roleOfPath(path: readonly string[]): NamedRole | null {
  const name = topName(path)
  return name === null ? null : roleOfName(name)
}

/** What a folder is to Exchange, beside the roles, by its name and place. */
export function exchangeFolderOf(path: readonly string[]): ExchangeFolder | null {
  const name = topName(path)
  return name === null ? null : (EXCHANGE.get(foldName(name))?.meaning ?? null)
}
