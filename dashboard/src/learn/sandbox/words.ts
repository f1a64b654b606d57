/** What the picture of the sandbox says. */
import { plural } from '../../i18n/plural.ts';

const en = {
  title: 'Your sandbox',
  about: 'Three real nodes, which your node runs beside its own chain. Its blocks are valid nowhere else.',
  none: 'No sandbox is running: it ends after ten minutes without you.',
  another:
    'A new sandbox took the place of the one that you began with. Begin again, or what you did there is missing.',
  missing: 'there is no sandbox. Start one.',
  foreign: 'this sandbox was started by another lesson or tab. Start one of your own.',
  used: 'something was done in this sandbox before. Start a new one.',
  start: 'Start a sandbox',
  startAnew: 'Begin this lesson again',
  starting: 'Starting three nodes…',
  roles: { 'honest-1': 'Honest 1', 'honest-2': 'Honest 2', attacker: 'Attacker', merchant: 'Merchant' },
  nobody: 'nobody',
  unknownMiner: 'nobody',
  nodes: 'Nodes',
  height: 'Tip',
  noBlock: 'no block',
  lines: 'Talks to',
  merchantHas: 'Merchant has',
  waiting: 'Waiting',
  payments: (count: number, text: string) => `${text} ${plural(count, 'payment', 'payments')}`,
  tree: 'Blocks of the sandbox',
  empty: 'No blocks yet.',
  standing: {
    agreed: 'all follow it',
    secret: 'secret',
    disputed: (names: string) => `only ${names}`,
    stale: 'stale',
  },
  block: (height: string, miner: string) => `Block ${height}, mined by ${miner}`,
  tipOf: (names: string) => `tip of ${names}`,
  all: 'all nodes',
  paysMerchant: 'pays the merchant',
  paysAttacker: 'pays the attacker',
  story: 'What happened',
  told: {
    started: () => 'Three nodes were started and connected.',
    mined: (who: string, count: number) =>
      `${who} mined ${count === 1 ? 'a block' : `${String(count)} blocks`}.`,
    paid: (who: string) => `${who} paid.`,
    'double-spent': () => 'The attacker paid the same coins to itself, at its own node.',
    split: () => 'Lines were cut: the network is split.',
    healed: () => 'All nodes are connected again.',
    withheld: () => 'The attacker cut its lines. What it mines now, nobody else sees.',
    published: (_: string, count: number) =>
      `The attacker opened its lines and showed ${count === 1 ? 'a block' : `${String(count)} blocks`}.`,
    reorg: (who: string, count: number) =>
      `${who} left its branch for one with more work: ${count === 1 ? 'a block' : `${String(count)} blocks`} taken back.`,
    'race-started': () => 'A race began.',
    'race-won': () => 'The attack worked: the payment is gone.',
    'race-lost': () => 'The attacker gave up: the payment stands.',
    stopped: () => 'It was ended before it was done.',
  } satisfies Record<string, (who: string, count: number) => string>,
};

const de: typeof en = {
  title: 'Dein Sandkasten',
  about:
    'Drei echte Nodes, die dein Node neben seiner eigenen Kette betreibt. Ihre Blöcke gelten nirgends sonst.',
  none: 'Es läuft kein Sandkasten: Er endet nach zehn Minuten ohne dich.',
  another:
    'An die Stelle des Sandkastens, mit dem du begonnen hast, ist ein neuer getreten. Beginne von vorn, sonst fehlt, was du dort getan hast.',
  missing: 'Es gibt keinen Sandkasten. Starte einen.',
  foreign: 'Diesen Sandkasten hat eine andere Lektion oder ein anderer Tab gestartet. Starte einen eigenen.',
  used: 'In diesem Sandkasten ist schon etwas geschehen. Starte einen neuen.',
  start: 'Einen Sandkasten starten',
  startAnew: 'Diese Lektion von vorn beginnen',
  starting: 'Drei Nodes starten…',
  roles: { 'honest-1': 'Ehrlich 1', 'honest-2': 'Ehrlich 2', attacker: 'Angreifer', merchant: 'Händler' },
  nobody: 'niemandem',
  unknownMiner: 'niemand',
  nodes: 'Nodes',
  height: 'Spitze',
  noBlock: 'kein Block',
  lines: 'Spricht mit',
  merchantHas: 'Händler hat',
  waiting: 'Wartet',
  payments: (count, text) => `${text} ${plural(count, 'Zahlung', 'Zahlungen')}`,
  tree: 'Blöcke des Sandkastens',
  empty: 'Noch keine Blöcke.',
  standing: {
    agreed: 'alle folgen ihm',
    secret: 'geheim',
    disputed: (names) => `nur ${names}`,
    stale: 'veraltet',
  },
  block: (height, miner) => `Block ${height}, geschürft von ${miner}`,
  tipOf: (names) => `Spitze von ${names}`,
  all: 'allen Nodes',
  paysMerchant: 'bezahlt den Händler',
  paysAttacker: 'bezahlt den Angreifer',
  story: 'Was geschah',
  told: {
    started: () => 'Drei Nodes wurden gestartet und verbunden.',
    mined: (who, count) => `${who} hat ${count === 1 ? 'einen Block' : `${String(count)} Blöcke`} geschürft.`,
    paid: (who) => `${who} hat bezahlt.`,
    'double-spent': () =>
      'Der Angreifer hat dieselben Coins an sich selbst gezahlt, auf seinem eigenen Node.',
    split: () => 'Leitungen wurden getrennt: Das Netz ist geteilt.',
    healed: () => 'Alle Nodes sind wieder verbunden.',
    withheld: () => 'Der Angreifer hat seine Leitungen getrennt. Was er jetzt schürft, sieht niemand sonst.',
    published: (_, count) =>
      `Der Angreifer hat seine Leitungen geöffnet und ${count === 1 ? 'einen Block' : `${String(count)} Blöcke`} gezeigt.`,
    reorg: (who, count) =>
      `${who} ist auf einen Zweig mit mehr Arbeit gewechselt: ${count === 1 ? 'ein Block' : `${String(count)} Blöcke`} zurückgenommen.`,
    'race-started': () => 'Ein Rennen begann.',
    'race-won': () => 'Der Angriff ist gelungen: Die Zahlung ist weg.',
    'race-lost': () => 'Der Angreifer hat aufgegeben: Die Zahlung steht.',
    stopped: () => 'Es wurde beendet, bevor es fertig war.',
  },
};

export const words = { en, de };
