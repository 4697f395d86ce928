import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchangeFolderOf, foldName, rankOfName, roleOfName, roleOfPath, wellKnownNames } from './folder-roles.ts'

test('no name stands under two meanings, nor twice under one', () => {
  const seen = new Map<string, string>()
  const twice: string[] = []
  for (const { name, meaning } of wellKnownNames()) {
    const before = seen.get(foldName(name))
    if (before !== undefined) twice.push(`${name}: ${before} and ${meaning}`)
    seen.set(foldName(name), meaning)
  }
  assert.deepEqual(twice, [])
})

test('names are clean: no blanks at their ends, none empty, each in NFC', () => {
  const odd = wellKnownNames().filter(
    ({ name }) => name === '' || name !== name.trim() || name !== name.normalize('NFC'),
  )
  assert.deepEqual(odd, [])
})

test("vendors' names in many languages lead to their role", () => {
  const expected = {
    sent: [
      'Sent',
      'Sent Messages',
      'Sent Items',
      'Gesendet',
      'Gesendete Elemente',
      'Envoyés',
      'Éléments envoyés',
      'Enviados',
      'Posta inviata',
      'Itens Enviados',
      'Verzonden items',
      'Skickat',
      'Sendt post',
      'Sendte elementer',
      'Lähetetyt',
      'Wysłane',
      'Odeslaná pošta',
      'Odoslané',
      'Elküldött elemek',
      'Elemente trimise',
      'Изпратени',
      'Отправленные',
      'Надіслані',
      'Απεσταλμένα',
      'Gönderilmiş Öğeler',
      '送信済みアイテム',
      '已发送邮件',
      '寄件備份',
      '보낸 편지함',
      'العناصر المرسلة',
      'פריטים שנשלחו',
    ],
    drafts: [
      'Drafts',
      'Entwürfe',
      'Brouillons',
      'Borradores',
      'Bozze',
      'Rascunhos',
      'Concepten',
      'Utkast',
      'Kladder',
      'Luonnokset',
      'Kopie robocze',
      'Koncepty',
      'Piszkozatok',
      'Ciorne',
      'Чернови',
      'Черновики',
      'Чернетки',
      'Πρόχειρα',
      'Taslaklar',
      '下書き',
      '草稿箱',
      '草稿匣',
      '임시 보관함',
      'المسودات',
      'טיוטות',
    ],
    trash: [
      'Trash',
      'Deleted Messages',
      'Deleted Items',
      'Papierkorb',
      'Gelöschte Elemente',
      'Corbeille',
      'Papelera',
      'Cestino',
      'Lixeira',
      'Prullenbak',
      'Papperskorgen',
      'Slettet post',
      'Papirkurv',
      'Roskakori',
      'Kosz',
      'Koš',
      'Kôš',
      'Törölt elemek',
      'Coș de gunoi',
      'Кошче',
      'Корзина',
      'Кошик',
      'Κάδος',
      'Silinmiş Öğeler',
      'ごみ箱',
      '已删除邮件',
      '刪除的郵件',
      '휴지통',
      'العناصر المحذوفة',
      'פריטים שנמחקו',
    ],
    junk: [
      'Junk',
      'Spam',
      'Junk E-mail',
      'Bulk Mail',
      'Spamverdacht',
      'Courrier indésirable',
      'Correo no deseado',
      'Posta indesiderata',
      'Lixo Eletrônico',
      'Ongewenste e-mail',
      'Skräppost',
      'Uønsket e-mail',
      'Søppelpost',
      'Roskaposti',
      'Wiadomości-śmieci',
      'Nevyžádaná pošta',
      'Nevyžiadaná pošta',
      'Levélszemét',
      'Нежелана поща',
      'Спам',
      'Небажана пошта',
      'Ανεπιθύμητα',
      'Önemsiz E-posta',
      '迷惑メール',
      '垃圾邮件',
      '垃圾郵件',
      '정크 메일',
      'البريد العشوائي',
      'דואר זבל',
    ],
    archive: [
      'Archive',
      'Archiv',
      'Archives',
      'Archivo',
      'Archivio',
      'Arquivo',
      'Archief',
      'Arkiv',
      'Arkisto',
      'Archiwum',
      'Архив',
      'Архів',
      'Αρχείο',
      'Arşiv',
      'アーカイブ',
      '归档',
      '封存',
      '보관',
      'الأرشيف',
      'ארכיון',
    ],
  }
  for (const [role, names] of Object.entries(expected)) {
    for (const name of names) assert.equal(roleOfName(name), role, name)
  }
})

test('case and Unicode form of a name make no difference', () => {
  assert.equal(roleOfName('ENVOYÉS'.normalize('NFD')), 'sent')
  assert.equal(roleOfName('junk e-MAIL'), 'junk')
  assert.equal(roleOfName('GÖNDERİLMİŞ ÖĞELER'), 'sent')
  assert.equal(roleOfName('ОТПРАВЛЕННЫЕ'), 'sent')
  assert.equal(exchangeFolderOf(['Boîte d’envoi']), 'outbox')
})

test('other names have no role, also when they hold one', () => {
  for (const name of ['', 'INBOX', 'Sent 2019', 'My Trash', 'constructor', '__proto__', ' Sent']) {
    assert.equal(roleOfName(name), null, name)
  }
})

test('a name counts at the top and directly below INBOX, nowhere else', () => {
  assert.equal(roleOfPath(['Gesendet']), 'sent')
  assert.equal(roleOfPath(['INBOX', 'Gesendet']), 'sent')
  assert.equal(roleOfPath(['Clients', 'Sent']), null)
  assert.equal(roleOfPath(['INBOX', 'Clients', 'Sent']), null)
  assert.equal(roleOfPath(['INBOX']), null)
  assert.equal(exchangeFolderOf(['Kalender']), 'calendar')
  assert.equal(exchangeFolderOf(['Team', 'Kalender']), null)
})

test('the usual name ranks before the unusual one', () => {
  assert.ok(rankOfName('Sent') < rankOfName('Sent Items'))
  assert.equal(rankOfName('Projects'), Infinity)
})
