// NLP.js with its documented defaults.
//   node nlpjs.js train PHRASINGS MODEL   fits it on a JSON list of [topic, phrasing]
//   node nlpjs.js serve MODEL             reads a message a line, writes its guess a line
// The topic ranked first is given with its score even below the threshold, where `process` would say None; where None
// itself is ranked first, which it is with a score of 1, there is no topic.
const fs = require('fs');
const readline = require('readline');
const { NlpManager } = require('node-nlp');

const manager = new NlpManager({ languages: ['en'], nlu: { log: false }, forceNER: false });

async function train(phrasings, model) {
  for (const [topic, text] of JSON.parse(fs.readFileSync(phrasings, 'utf8'))) manager.addDocument('en', text, topic);
  await manager.train();
  manager.save(model, true);
}

async function serve(model) {
  manager.load(model);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const text = JSON.parse(line);
    const began = performance.now();
    const result = await manager.process('en', text);
    const ms = performance.now() - began;
    const [best] = result.classifications;
    const [id, score] = best.intent === 'None' ? ['', 0] : [best.intent, best.score];
    const guess = { id, score, answers: result.intent !== 'None', ms };
    process.stdout.write(`${JSON.stringify(guess)}\n`);
  }
}

const [command, ...files] = process.argv.slice(2);
({ train, serve })[command](...files);
