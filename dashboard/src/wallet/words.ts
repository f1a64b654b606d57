/** What the wallet says. */
import { plural } from '../i18n/plural.ts';

const en = {
  title: 'Wallet',
  intro:
    'A wallet holds keys, not coins: the coins are on the chain, and a key is what can spend them. Yours are made in this page, kept in this browser, and never sent anywhere.',
  place: (host: string) =>
    `Kept in this browser for ${host}. At another address or in another browser this wallet is empty.`,
  lock: 'Lock',
  lockNote: (minutes: number) =>
    `Locks by itself after ${minutes} minutes without you, and when the page is loaded anew.`,
  locked: 'The keys are locked.',
  keys: 'Keys',
  add: 'Add a key',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  watchedOnly: 'This address is only watched: to send, import its private key.',
  coins: (text: string) => `${text} ${text === '1' ? 'coin' : 'coins'}`,
  state: { locked: 'locked', open: 'unlocked', watched: 'watch only', visit: 'for this visit' },
  insecure: {
    title: 'This connection cannot keep keys',
    text: 'Browsers encrypt only on https, or on the machine of the node itself (localhost). This page came by plain http from another machine, where anyone on the way could also change it. You can watch addresses, and use a key for this visit: it stays in memory, unencrypted, and is gone when you lock, leave or reload.',
    make: 'A new key can be made on the first page; write it down there.',
  },
  form: {
    how: 'What to add',
    make: 'Make a key',
    import: 'Import a key',
    watch: 'Watch an address',
    makeWhy:
      'A private key is a random number. Public key and address follow from it, and no way leads back.',
    watchWhy: 'Shows what an address has. Without its key nothing can be sent.',
    name: 'Name',
    nameDefault: (number: number) => `Key ${number}`,
    privateKey: 'Private key (64 hex digits)',
    privateKeyWrong:
      'This is no private key: it has 64 hex digits (0–9, a–f), is not zero, and below the order of the curve.',
    isThere: (name: string) => `This key is in the wallet already, as “${name}”.`,
    address: 'Address (40 hex digits)',
    addressWrong: 'An address has 40 hex digits (0–9, a–f).',
    passphrase: 'Passphrase',
    again: 'Passphrase again',
    differ: 'The two passphrases differ.',
    short: 'At least 8 characters.',
    passphraseWhy:
      'Encrypts the key in this browser. Nobody can reset it: without passphrase and without a copy of the private key the coins are lost.',
    strength: {
      short: 'too short: 8 characters or more',
      weak: 'weak: soon guessed by who gets the file',
      fair: 'fair: longer is better',
      good: 'good',
    },
    submit: {
      make: 'Make and keep it',
      import: 'Keep it',
      watch: 'Watch it',
      visit: 'Use it for this visit',
    },
    busy: 'Encrypting…',
  },
  unlock: {
    label: 'Passphrase',
    button: 'Unlock',
    busy: 'Unlocking…',
    wrong: 'This is not the passphrase of this key.',
  },
  key: {
    export: 'Show private key…',
    delete: 'Delete…',
    exportTitle: (name: string) => `Private key of “${name}”`,
    exportWarning:
      'Whoever sees it can spend its coins, from anywhere, for ever. Look around you; write it on paper rather than into a chat.',
    show: 'Show it',
    done: 'Done',
    deleteTitle: (name: string) => `Delete “${name}”?`,
    deleteLoss: (coins: string) =>
      `This address has ${coins}. Deleted here, its key is only where you wrote it down. Without a copy these coins can never be spent again, by anybody.`,
    deleteEmpty:
      'This address has no coins now. Without a copy of the private key, what it gets later can never be spent by anybody.',
    deleteRewards:
      'Mining rewards go to this address, also when its key is deleted: choose another address before you mine again.',
    deleteUnknown:
      'What this address has is not known just now. Without a copy of the private key its coins can never be spent again, by anybody.',
    deleteWatched: 'Only the address is forgotten here; its coins are not touched.',
    deleteSure: 'I have a copy of the private key, or need none',
    deleteButton: 'Delete it',
    forget: 'Forget it',
  },
  receive: {
    title: 'Receive',
    text: 'Give this address to whoever pays you. It can be shown to everybody.',
    qr: (address: string) => `QR code of the address ${address}`,
    rewards: 'Use for mining rewards',
    rewardsHere: '✓ Mining rewards go here',
    mine: 'Mine a block →',
  },
  account: {
    balance: 'Balance',
    spendable: (text: string) => `${text} can be spent now`,
    waiting: (text: string) => `once what waits is in a block: ${text}`,
    coins: (count: number, text: string) => `${text} ${plural(count, 'coin', 'coins')} (unspent outputs)`,
    coinsWhy:
      'Each output that pays this address is one coin, of any value. A payment spends coins as a whole.',
    noCoins: 'No coins yet.',
    reward: 'mined',
    ready: 'can be spent',
    immature: (count: number, text: string) => `immature: in ${text} ${plural(count, 'block', 'blocks')}`,
    spending: 'being spent',
    more: (text: string) => `and ${text} more`,
    all: 'All of this address →',
    history: 'Last transactions',
    noHistory: 'Nothing yet. Mine to this address, or let somebody pay it.',
    inMempool: 'waits for a block',
    confirmations: (count: number, text: string) =>
      `${text} ${plural(count, 'confirmation', 'confirmations')}`,
  },
  keep: {
    button: 'Keep it in the wallet',
    title: 'Keep the key in this browser',
    insecure:
      'This page came by plain http from another machine: the browser encrypts nothing here. Write the key down instead.',
  },
};

const de: typeof en = {
  title: 'Wallet',
  intro:
    'Eine Wallet hält Schlüssel, keine Coins: Die Coins sind auf der Kette, und ein Schlüssel kann sie ausgeben. Deine werden in dieser Seite gemacht, in diesem Browser aufgehoben und nie irgendwohin gesendet.',
  place: (host) =>
    `Aufgehoben in diesem Browser für ${host}. Unter einer anderen Adresse oder in einem anderen Browser ist diese Wallet leer.`,
  lock: 'Sperren',
  lockNote: (minutes) => `Sperrt sich nach ${minutes} Minuten ohne dich und beim Neuladen der Seite.`,
  locked: 'Die Schlüssel sind gesperrt.',
  keys: 'Schlüssel',
  add: 'Schlüssel hinzufügen',
  cancel: 'Abbrechen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  watchedOnly: 'Diese Adresse wird nur angesehen: Zum Senden importiere ihren privaten Schlüssel.',
  coins: (text) => `${text} ${text === '1' ? 'Coin' : 'Coins'}`,
  state: { locked: 'gesperrt', open: 'entsperrt', watched: 'nur ansehen', visit: 'für diesen Besuch' },
  insecure: {
    title: 'Über diese Verbindung kann kein Schlüssel aufgehoben werden',
    text: 'Browser verschlüsseln nur bei https oder auf dem Rechner des Nodes selbst (localhost). Diese Seite kam per http von einem anderen Rechner; wer dazwischen sitzt, könnte sie auch verändern. Du kannst Adressen ansehen und einen Schlüssel für diesen Besuch benutzen: Er bleibt unverschlüsselt im Speicher und ist weg, wenn du sperrst, gehst oder neu lädst.',
    make: 'Einen neuen Schlüssel macht die erste Seite; schreib ihn dort auf.',
  },
  form: {
    how: 'Was hinzukommt',
    make: 'Schlüssel machen',
    import: 'Schlüssel importieren',
    watch: 'Adresse ansehen',
    makeWhy:
      'Ein privater Schlüssel ist eine Zufallszahl. Öffentlicher Schlüssel und Adresse folgen daraus, und kein Weg führt zurück.',
    watchWhy: 'Zeigt, was eine Adresse hat. Ohne ihren Schlüssel lässt sich nichts senden.',
    name: 'Name',
    nameDefault: (number) => `Schlüssel ${number}`,
    privateKey: 'Privater Schlüssel (64 Hex-Ziffern)',
    privateKeyWrong:
      'Das ist kein privater Schlüssel: Er hat 64 Hex-Ziffern (0–9, a–f), ist nicht null und kleiner als die Ordnung der Kurve.',
    isThere: (name) => `Dieser Schlüssel ist schon in der Wallet, als „${name}“.`,
    address: 'Adresse (40 Hex-Ziffern)',
    addressWrong: 'Eine Adresse hat 40 Hex-Ziffern (0–9, a–f).',
    passphrase: 'Passphrase',
    again: 'Passphrase noch einmal',
    differ: 'Die beiden Passphrasen sind verschieden.',
    short: 'Mindestens 8 Zeichen.',
    passphraseWhy:
      'Verschlüsselt den Schlüssel in diesem Browser. Niemand kann sie zurücksetzen: Ohne Passphrase und ohne Kopie des privaten Schlüssels sind die Coins verloren.',
    strength: {
      short: 'zu kurz: 8 Zeichen oder mehr',
      weak: 'schwach: bald erraten, wenn jemand die Datei hat',
      fair: 'ordentlich: länger ist besser',
      good: 'gut',
    },
    submit: {
      make: 'Machen und aufheben',
      import: 'Aufheben',
      watch: 'Ansehen',
      visit: 'Für diesen Besuch benutzen',
    },
    busy: 'Verschlüssle…',
  },
  unlock: {
    label: 'Passphrase',
    button: 'Entsperren',
    busy: 'Entsperre…',
    wrong: 'Das ist nicht die Passphrase dieses Schlüssels.',
  },
  key: {
    export: 'Privaten Schlüssel zeigen…',
    delete: 'Löschen…',
    exportTitle: (name) => `Privater Schlüssel von „${name}“`,
    exportWarning:
      'Wer ihn sieht, kann die Coins ausgeben, von überall, für immer. Schau dich um; schreib ihn lieber auf Papier als in einen Chat.',
    show: 'Zeigen',
    done: 'Fertig',
    deleteTitle: (name) => `„${name}“ löschen?`,
    deleteLoss: (coins) =>
      `Diese Adresse hat ${coins}. Hier gelöscht, ist der Schlüssel nur noch dort, wo du ihn aufgeschrieben hast. Ohne Kopie kann diese Coins nie wieder jemand ausgeben.`,
    deleteEmpty:
      'Diese Adresse hat gerade keine Coins. Ohne Kopie des privaten Schlüssels kann, was sie später bekommt, nie jemand ausgeben.',
    deleteRewards:
      'Belohnungen gehen an diese Adresse, auch wenn ihr Schlüssel gelöscht ist: Wähle eine andere, bevor du wieder schürfst.',
    deleteUnknown:
      'Was diese Adresse hat, ist gerade nicht bekannt. Ohne Kopie des privaten Schlüssels kann ihre Coins nie wieder jemand ausgeben.',
    deleteWatched: 'Nur die Adresse wird hier vergessen; ihre Coins bleiben, wo sie sind.',
    deleteSure: 'Ich habe eine Kopie des privaten Schlüssels oder brauche keine',
    deleteButton: 'Löschen',
    forget: 'Vergessen',
  },
  receive: {
    title: 'Empfangen',
    text: 'Gib diese Adresse dem, der dich bezahlt. Alle dürfen sie sehen.',
    qr: (address) => `QR-Code der Adresse ${address}`,
    rewards: 'Für Belohnungen benutzen',
    rewardsHere: '✓ Belohnungen gehen hierher',
    mine: 'Einen Block schürfen →',
  },
  account: {
    balance: 'Guthaben',
    spendable: (text) => `${text} ${text === '1' ? 'kann' : 'können'} jetzt ausgegeben werden`,
    waiting: (text) => `sobald im Block ist, was wartet: ${text}`,
    coins: (count, text) => `${text} ${plural(count, 'Coin', 'Coins')} (unverbrauchte Ausgänge)`,
    coinsWhy:
      'Jeder Ausgang, der diese Adresse bezahlt, ist ein Coin von irgendeinem Wert. Eine Zahlung gibt Coins als Ganzes aus.',
    noCoins: 'Noch keine Coins.',
    reward: 'geschürft',
    ready: 'kann ausgegeben werden',
    immature: (count, text) => `unreif: in ${text} ${plural(count, 'Block', 'Blöcken')}`,
    spending: 'wird gerade ausgegeben',
    more: (text) => `und ${text} weitere`,
    all: 'Alles zu dieser Adresse →',
    history: 'Letzte Transaktionen',
    noHistory: 'Noch nichts. Schürfe auf diese Adresse oder lass dich bezahlen.',
    inMempool: 'wartet auf einen Block',
    confirmations: (count, text) => `${text} ${plural(count, 'Bestätigung', 'Bestätigungen')}`,
  },
  keep: {
    button: 'In der Wallet aufheben',
    title: 'Den Schlüssel in diesem Browser aufheben',
    insecure:
      'Diese Seite kam per http von einem anderen Rechner: Der Browser verschlüsselt hier nichts. Schreib den Schlüssel lieber auf.',
  },
};

export const words = { en, de };
