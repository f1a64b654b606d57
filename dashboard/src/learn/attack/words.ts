/** What the lesson about the majority attack says. */
import { plural } from '../../i18n/plural.ts';

const en = {
  start: {
    title: 'Become the attacker',
    text: [
      'This time you are the bad one, in a sandbox: three nodes in the memory of yours, with a chain of their own. Nothing of it can get into {your own chain|The one that all other pages of this site show.}.',
      'Start it, and mine a block with the attacker’s node, to have some coins to cheat with.',
    ],
  },
  mineAttacker: 'The attacker mines a block',
  mineHonest: 'The honest nodes mine a block',
  mining: 'Mining…',
  noCoins: 'the attacker has no coins yet. Mine a block with its node.',
  pay: {
    title: 'Buy something',
    text: [
      'Pay the merchant 10 coins, as an honest buyer does. All nodes have the payment now, and it waits.',
    ],
  },
  payMerchant: 'Pay the merchant 10 coins',
  notPaid: 'the honest nodes know of no payment to the merchant that waits.',
  secret: {
    title: 'Prepare the theft',
    text: [
      'Now cut your own lines, and at your own node pay the same coins to yourself, for a higher fee: there it takes the place of the first payment. From now on you mine a {secret branch|Blocks that you keep to yourself: valid, and unknown to everybody else.} on the same parent as the others.',
    ],
  },
  cut: '1. Cut your lines',
  again: '2. Pay the same coins to yourself',
  notCut: 'the attacker still talks to the others.',
  spoiled: 'the payment to the merchant does not wait at the honest nodes any more. Begin the lesson again.',
  notAgain: 'the second payment is missing at the attacker’s node.',
  wait: {
    title: 'Get the goods',
    text: [
      'The honest nodes know nothing of that. Let them mine: the merchant sees the payment in a block, and a second block on it makes two {confirmations|Blocks from that of the payment to the tip.}. Enough, the merchant thinks, and hands over the goods.',
    ],
  },
  notConfirmed: (have: string) => `the payment has ${have} of 2 confirmations.`,
  overtake: {
    title: 'Overtake them',
    text: [
      'Mine in secret until your branch has more blocks than theirs. Here you only press a button. In a real network, each press is as much work as everybody else’s block.',
    ],
  },
  notAhead: 'your secret branch does not have more work than the public one.',
  publish: {
    title: 'Show your blocks',
    text: ['Open your lines. Follow the merchant’s balance while you do it.'],
  },
  show: 'Publish the secret branch',
  stillThere: 'the honest nodes still have the payment in their chain.',
  odds: {
    title: 'Against the odds',
    text: [
      'So whoever can outrun all others can take back what he paid. How likely is that? It depends on his share of the {hash rate|Hashes that all miners of a network try in a second.}, and on how many confirmations the merchant waits for. The table has the chances, from section 11 of the Bitcoin paper.',
      'Let the real nodes try it: chance decides who finds each block, and the attacker gives up when he is hopelessly behind. Run one race with less than half of the hash rate and one with more.',
    ],
  },
  table: 'Chance of ever catching up',
  confirmations: 'Confirmations',
  shareOf: (percent: string) => `${percent} of the hash rate`,
  share: 'Attacker’s share in percent',
  runRace: 'Run a race',
  racing: 'Racing…',
  stop: 'Stop',
  newSandbox: 'Another race needs a new sandbox: your results are kept.',
  blockBy: { attacker: 'attacker', honest: 'honest' },
  standing: (attacker: string, honest: string) => `Attacker ${attacker}, honest ${honest}`,
  outcome: {
    running: 'running',
    won: 'the payment is gone',
    'gave-up': 'the attacker gave up',
    stopped: 'stopped',
  },
  results: 'Races so far',
  result: (share: string, count: number, confirmations: string) =>
    `${share} of the hash rate, ${confirmations} ${plural(count, 'confirmation', 'confirmations')}:`,
  chanceHere: (chance: string) => `chance of winning this race: ${chance}`,
  badShare: 'The share is a whole number from 0 to 90.',
  needLess: 'run a race with less than half of the hash rate.',
  needMore: 'run a race with half of the hash rate or more.',
  happened: (won: string, all: string) => [
    `The attacker won ${won} of ${all} races. No rule was broken: every block and every signature was valid. What the attack cannot do is take coins of others, or make some from nothing: nodes check that, whoever has the work.`,
    'Below half of the hash rate, each confirmation makes it less likely, fast. From half on, it always works in the end: that is why it is called the {51 % attack|Also majority attack. It happened to small networks, such as Bitcoin Gold in 2018 and Ethereum Classic in 2019 and 2020.}. Work protects a chain only if no one has most of it.',
  ],
  ownChain: 'Your own chain noticed nothing. When the lesson began, its tip was this:',
};

const de: typeof en = {
  start: {
    title: 'Werde zum Angreifer',
    text: [
      'Diesmal bist du der Böse, in einem Sandkasten: drei Nodes im Speicher deines Nodes, mit eigener Kette. Nichts davon gelangt in {deine eigene Kette|Die, die alle anderen Seiten hier zeigen.}.',
      'Starte ihn und schürfe einen Block mit dem Node des Angreifers, damit er Coins zum Betrügen hat.',
    ],
  },
  mineAttacker: 'Der Angreifer schürft einen Block',
  mineHonest: 'Die ehrlichen Nodes schürfen einen Block',
  mining: 'Schürfe…',
  noCoins: 'Der Angreifer hat noch keine Coins. Schürfe einen Block mit seinem Node.',
  pay: {
    title: 'Kauf etwas',
    text: [
      'Zahl dem Händler 10 Coins, wie ein ehrlicher Käufer. Alle Nodes haben die Zahlung nun, und sie wartet.',
    ],
  },
  payMerchant: 'Dem Händler 10 Coins zahlen',
  notPaid: 'Die ehrlichen Nodes kennen keine wartende Zahlung an den Händler.',
  secret: {
    title: 'Bereite den Diebstahl vor',
    text: [
      'Nun trenn deine Leitungen und zahle auf deinem eigenen Node dieselben Coins an dich selbst, für eine höhere Gebühr: Dort tritt das an die Stelle der ersten Zahlung. Von nun an schürfst du einen {geheimen Zweig|Blöcke, die du für dich behältst: gültig, und allen anderen unbekannt.} auf demselben Vorgänger wie die anderen.',
    ],
  },
  cut: '1. Deine Leitungen trennen',
  again: '2. Dieselben Coins an dich selbst zahlen',
  notCut: 'Der Angreifer spricht noch mit den anderen.',
  spoiled:
    'Die Zahlung an den Händler wartet nicht mehr bei den ehrlichen Nodes. Beginne die Lektion von vorn.',
  notAgain: 'Die zweite Zahlung fehlt beim Node des Angreifers.',
  wait: {
    title: 'Hol dir die Ware',
    text: [
      'Die ehrlichen Nodes wissen davon nichts. Lass sie schürfen: Der Händler sieht die Zahlung in einem Block, und ein zweiter darauf macht zwei {Bestätigungen|Blöcke von dem der Zahlung bis zur Spitze.}. Das reicht, denkt er, und gibt die Ware her.',
    ],
  },
  notConfirmed: (have) => `Die Zahlung hat ${have} von 2 Bestätigungen.`,
  overtake: {
    title: 'Überhol sie',
    text: [
      'Schürfe im Geheimen, bis dein Zweig mehr Blöcke hat als ihrer. Hier drückst du nur auf einen Knopf. In einem echten Netz ist jeder Druck so viel Arbeit wie der Block aller anderen.',
    ],
  },
  notAhead: 'Dein geheimer Zweig hat nicht mehr Arbeit als der öffentliche.',
  publish: {
    title: 'Zeig deine Blöcke',
    text: ['Öffne deine Leitungen. Sieh dabei auf das, was der Händler hat.'],
  },
  show: 'Den geheimen Zweig zeigen',
  stillThere: 'Die ehrlichen Nodes haben die Zahlung noch in ihrer Kette.',
  odds: {
    title: 'Wie stehen die Chancen?',
    text: [
      'Wer allen anderen davonlaufen kann, kann also zurückholen, was er bezahlt hat. Wie wahrscheinlich ist das? Es hängt von seinem Anteil an der {Hashrate|Hashes, die alle Miner eines Netzes in einer Sekunde probieren.} ab und davon, wie viele Bestätigungen der Händler abwartet. Die Tabelle hat die Chancen, nach Abschnitt 11 des Bitcoin-Papiers.',
      'Lass die echten Nodes es versuchen: Der Zufall entscheidet, wer jeden Block findet, und der Angreifer gibt auf, wenn er hoffnungslos zurückliegt. Lass ein Rennen mit weniger als der halben Hashrate laufen und eines mit mehr.',
    ],
  },
  table: 'Chance, je aufzuholen',
  confirmations: 'Bestätigungen',
  shareOf: (percent) => `${percent} der Hashrate`,
  share: 'Anteil des Angreifers in Prozent',
  runRace: 'Ein Rennen laufen lassen',
  racing: 'Rennen läuft…',
  stop: 'Anhalten',
  newSandbox: 'Noch ein Rennen braucht einen neuen Sandkasten: Deine Ergebnisse bleiben.',
  blockBy: { attacker: 'Angreifer', honest: 'ehrlich' },
  standing: (attacker, honest) => `Angreifer ${attacker}, Ehrliche ${honest}`,
  outcome: {
    running: 'läuft',
    won: 'die Zahlung ist weg',
    'gave-up': 'der Angreifer gab auf',
    stopped: 'angehalten',
  },
  results: 'Rennen bisher',
  result: (share, count, confirmations) =>
    `${share} der Hashrate, ${confirmations} ${plural(count, 'Bestätigung', 'Bestätigungen')}:`,
  chanceHere: (chance) => `Chance, dieses Rennen zu gewinnen: ${chance}`,
  badShare: 'Der Anteil ist eine ganze Zahl von 0 bis 90.',
  needLess: 'Lass ein Rennen mit weniger als der halben Hashrate laufen.',
  needMore: 'Lass ein Rennen mit der halben Hashrate oder mehr laufen.',
  happened: (won, all) => [
    `Der Angreifer hat ${won} von ${all} Rennen gewonnen. Keine Regel wurde gebrochen: Jeder Block und jede Signatur war gültig. Coins anderer nehmen oder welche aus dem Nichts machen kann der Angriff nicht: Das prüfen Nodes, wer auch immer die Arbeit hat.`,
    'Unter der halben Hashrate macht jede Bestätigung ihn unwahrscheinlicher, und zwar schnell. Ab der Hälfte gelingt er am Ende immer: darum {51-%-Angriff|Auch Mehrheitsangriff. Kleinen Netzen ist er passiert, etwa Bitcoin Gold 2018 und Ethereum Classic 2019 und 2020.}. Arbeit schützt eine Kette nur, solange niemand das meiste davon hat.',
  ],
  ownChain: 'Deine eigene Kette hat nichts gemerkt. Als die Lektion begann, war dies ihre Spitze:',
};

export const words = { en, de };
