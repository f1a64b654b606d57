/** What the lesson about forks and reorganisations says. */
const en = {
  start: {
    title: 'Start a network of your own',
    text: [
      'One node alone never has to change its mind. For this you need several, so your node starts a sandbox: three nodes in its memory, with a chain of their own. {Your own chain|The one that all other pages of this site show.} stays as it is, whatever you do here.',
      'Start it, and let one node mine a block. See how all three follow it.',
    ],
  },
  mineAt: (name: string) => `${name} mines a block`,
  mining: 'Mining…',
  notOne: 'there is no block that all nodes have. Mine one.',
  split: {
    title: 'Cut the network in two',
    text: [
      'Cables break, and countries cut lines. Put Honest 1 on one side, and Honest 2 and the attacker (who is as honest as the others in this lesson) on the other. They do not notice: each side sees that the other is quiet, no more.',
    ],
  },
  cut: 'Cut the lines',
  notCut: 'all nodes are still connected.',
  fork: {
    title: 'Let both sides mine',
    text: [
      'Both sides go on. The block that each mines has the same parent: a {fork|Two blocks on one parent. The chain has two ends, and both are valid.}. Nobody did anything wrong, and nobody knows.',
      'Mine at least one block on each side, and one more on the side that you want to win.',
    ],
  },
  notForked: 'each side needs a block of its own.',
  even: 'both branches have as much work: mine one more on one side. (With a tie, each node would keep the branch that it saw first.)',
  guess: {
    title: 'Who will give up its blocks?',
    text: [
      'Soon the lines are mended, and each side hears of the other branch. Nodes have no votes and no boss: each follows the chain with the most {work|The hashes that its blocks took, expected by their targets. With equal targets, the longer chain has more.}. Which side will take back its own blocks?',
    ],
  },
  sideOf: (name: string) => `The side of ${name}`,
  notGuessed: 'pick a side.',
  wrong: 'count the blocks of both branches, and think again.',
  heal: {
    title: 'Mend the lines',
    text: [
      'Connect them again. The side with less work takes its blocks back, one by one, down to the {fork point|The last block that both branches have in common.}, and follows the other branch from there: a {reorganisation|A reorg, for short: a node leaves blocks that it had in its chain for others with more work.}.',
    ],
  },
  mend: 'Mend the lines',
  notHealed: 'the nodes do not agree yet. Mend the lines.',
  noReorg: 'nobody had to change its mind: there was no fork. Start the lesson anew.',
  happened: (count: number) => [
    `${count === 1 ? 'A block was' : `${String(count)} blocks were`} taken back: valid, mined with real work, and now {stale|Not in the chain any more. Its reward can never be spent.}. Its payments would go back to the mempool and wait for a new block.`,
    'So the newest blocks are never certain. The deeper a block lies, the more work a rival branch needs: that is what confirmations count. In the real network, a fork of one block happens now and then because two miners find a block within seconds; longer ones are rare.',
  ],
  ownChain: 'Your own chain noticed nothing. When the lesson began, its tip was this:',
};

const de: typeof en = {
  start: {
    title: 'Starte ein eigenes Netz',
    text: [
      'Ein Node allein muss nie seine Meinung ändern. Dafür brauchst du mehrere, und dein Node startet einen Sandkasten: drei Nodes in seinem Speicher, mit eigener Kette. {Deine eigene Kette|Die, die alle anderen Seiten hier zeigen.} bleibt, wie sie ist, was du hier auch tust.',
      'Starte ihn und lass einen Node einen Block schürfen. Sieh, wie alle drei ihm folgen.',
    ],
  },
  mineAt: (name) => `${name} schürft einen Block`,
  mining: 'Schürfe…',
  notOne: 'Noch haben nicht alle Nodes denselben Block. Schürfe einen.',
  split: {
    title: 'Schneide das Netz entzwei',
    text: [
      'Kabel reißen, und Länder trennen Leitungen. Stell Ehrlich 1 auf die eine Seite, Ehrlich 2 und den Angreifer (der in dieser Lektion so ehrlich ist wie die anderen) auf die andere. Sie merken nichts davon: Jede Seite sieht nur, dass die andere schweigt.',
    ],
  },
  cut: 'Leitungen trennen',
  notCut: 'Noch sind alle Nodes verbunden.',
  fork: {
    title: 'Lass beide Seiten schürfen',
    text: [
      'Beide machen weiter. Die Blöcke, die sie schürfen, haben denselben Vorgänger: eine {Gabelung|Zwei Blöcke auf einem Vorgänger. Die Kette hat zwei Enden, und beide sind gültig.}. Niemand hat etwas falsch gemacht, und niemand weiß davon.',
      'Schürfe mindestens einen Block auf jeder Seite, und noch einen auf der Seite, die gewinnen soll.',
    ],
  },
  notForked: 'Jede Seite braucht einen eigenen Block.',
  even: 'Beide Zweige haben gleich viel Arbeit: Schürfe auf einer Seite noch einen. (Bei Gleichstand bliebe jeder Node bei dem Zweig, den er zuerst gesehen hat.)',
  guess: {
    title: 'Wer wird seine Blöcke aufgeben?',
    text: [
      'Gleich werden die Leitungen geflickt, und jede Seite hört vom anderen Zweig. Nodes stimmen nicht ab und haben keinen Chef: Jeder folgt der Kette mit der meisten {Arbeit|Die Hashes, die ihre Blöcke gekostet haben, nach ihren Zielen erwartet. Bei gleichen Zielen hat die längere Kette mehr.}. Welche Seite wird ihre Blöcke zurücknehmen?',
    ],
  },
  sideOf: (name) => `Die Seite von ${name}`,
  notGuessed: 'Wähle eine Seite.',
  wrong: 'Zähle die Blöcke beider Zweige und denk noch einmal nach.',
  heal: {
    title: 'Flick die Leitungen',
    text: [
      'Verbinde sie wieder. Die Seite mit weniger Arbeit nimmt ihre Blöcke zurück, einen nach dem anderen, bis zum {Gabelpunkt|Der letzte Block, den beide Zweige gemeinsam haben.}, und folgt von dort dem anderen Zweig: eine {Reorganisation|Kurz Reorg: Ein Node verlässt Blöcke, die in seiner Kette waren, für andere mit mehr Arbeit.}.',
    ],
  },
  mend: 'Leitungen flicken',
  notHealed: 'Die Nodes sind sich noch nicht einig. Flick die Leitungen.',
  noReorg: 'Niemand musste seine Meinung ändern: Es gab keine Gabelung. Beginne die Lektion von vorn.',
  happened: (count) => [
    `${count === 1 ? 'Ein Block wurde' : `${String(count)} Blöcke wurden`} zurückgenommen: gültig, mit echter Arbeit geschürft, und nun {veraltet|Nicht mehr in der Kette. Seine Belohnung kann nie ausgegeben werden.}. Seine Zahlungen kämen zurück in den Mempool und warteten auf einen neuen Block.`,
    'Die neuesten Blöcke sind also nie sicher. Je tiefer ein Block liegt, desto mehr Arbeit braucht ein Zweig gegen ihn: Das zählen die Bestätigungen. Im echten Netz gibt es Gabelungen von einem Block hin und wieder, weil zwei Leute binnen Sekunden einen finden; längere sind selten.',
  ],
  ownChain: 'Deine eigene Kette hat nichts gemerkt. Als die Lektion begann, war dies ihre Spitze:',
};

export const words = { en, de };
