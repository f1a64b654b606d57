/** What each message is for, in plain words; loaded when somebody wants to know. */
import type { PeerMessageKind } from '../../../src/protocol/schemas.ts';

const en: Readonly<Record<PeerMessageKind, string>> = {
  hello: 'Who are you, and are we of one network? Comes first; the answer opens a session.',
  ping: 'My chain ends here; where does yours? Shows who is ahead, and how quickly a peer answers.',
  addresses: 'Which other nodes do you know? So a newcomer finds more peers.',
  headers:
    'Which headers follow after the last block that we share? 108 bytes each are enough to compare work.',
  blocks: 'Give me these blocks whole, by their hashes. Their headers were checked before.',
  transactions: 'Give me these waiting transactions.',
  mempool: 'What waits at your place? Asked once, after a connection is made.',
  'compact-block': 'A new block in short: ids instead of transactions, since most of them wait here already.',
  'block-transactions': 'The few transactions of a compact block that were not here.',
  announce: 'Something new: headers of blocks, ids of transactions. Who wants them asks for them.',
  'push-block': 'A block handed over whole, to a peer that cannot ask us.',
  'push-transaction': 'A transaction handed over whole, to a peer that cannot ask us.',
  params: 'Which rules do you follow? Asked when a peer says that ours are different.',
  health: 'How is the original Python program? It knows none of the other messages.',
  chain: 'The whole chain of an original, block by block.',
};

const de: typeof en = {
  hello: 'Wer bist du, und sind wir aus einem Netz? Kommt zuerst; die Antwort eröffnet eine Sitzung.',
  ping: 'Meine Kette endet hier; wo deine? Zeigt, wer voraus ist und wie schnell ein Peer antwortet.',
  addresses: 'Welche anderen Nodes kennst du? So findet ein neuer weitere Peers.',
  headers:
    'Welche Header folgen nach dem letzten gemeinsamen Block? Je 108 Bytes genügen, um Arbeit zu vergleichen.',
  blocks: 'Gib mir diese Blöcke ganz, nach ihren Hashes. Ihre Header sind schon geprüft.',
  transactions: 'Gib mir diese wartenden Transaktionen.',
  mempool: 'Was wartet bei dir? Wird einmal gefragt, wenn eine Verbindung steht.',
  'compact-block': 'Ein neuer Block in Kürze: Namen statt Transaktionen, denn die meisten warten schon hier.',
  'block-transactions': 'Die wenigen Transaktionen eines kurzen Blocks, die hier fehlten.',
  announce: 'Etwas Neues: Header von Blöcken, Namen von Transaktionen. Wer sie will, fragt danach.',
  'push-block': 'Ein Block, ganz übergeben an einen Peer, der uns nicht fragen kann.',
  'push-transaction': 'Eine Transaktion, ganz übergeben an einen Peer, der uns nicht fragen kann.',
  params: 'Welchen Regeln folgst du? Gefragt, wenn ein Peer sagt, dass unsere andere sind.',
  health: 'Wie geht es dem Python-Original? Es kennt keine der anderen Nachrichten.',
  chain: 'Die ganze Kette eines Originals, Block für Block.',
};

export const meanings = { en, de };
