// Cuts files into statements, as psql does before it sends them. It shares no code with the engine that is compared.
// In: texts. Out: for each its statements.
import { text as read } from 'node:stream/consumers';

// What hides a semicolon: comments, strings, names, psql's own commands. Else one character.
const TOKEN = /--[^\n]*|\/\*|e'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[\p{L}_][\p{L}\d_]*)?\$|[\p{L}_][\p{L}\d_$]*|\\[^\n]*|[^]/iuy;

function* statements(text) {
  let start = 0;
  let at = 0;
  let words = [];
  let brackets = 0;
  let blocks = 0;
  const take = (end) => {
    const statement = text.slice(start, end).trim();
    [start, words, brackets, blocks] = [at, [], 0, 0];
    return statement;
  };
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text);
    const begin = at;
    at += token.length;
    if (token === '/*') {
      at = commentEnd(text, at);
    } else if (/^\$.*\$$/su.test(token)) {
      const close = text.indexOf(token, at);
      at = close < 0 ? text.length : close + token.length;
    } else if (token.startsWith('\\')) {
      text = text.slice(0, begin) + ' '.repeat(token.length) + text.slice(at);
    } else if (/^[\p{L}_]/u.test(token) && !token.endsWith("'")) {
      words.push(token.toLowerCase());
      const [last, word] = [words.at(-2), words.at(-1)];
      const routine = words[0] === 'create' && words.slice(1, 4).some((word) => ['function', 'procedure'].includes(word));
      if (routine && ((word === 'atomic' && last === 'begin') || (blocks > 0 && word === 'case'))) blocks += 1;
      else if (blocks > 0 && word === 'end') blocks -= 1;
    } else if (token === '(') {
      brackets += 1;
    } else if (token === ')') {
      brackets -= 1;
    } else if (token === ';' && brackets <= 0 && blocks === 0) {
      const copies = words[0] === 'copy' && words.includes('stdin');
      if (copies) at = dataEnd(text, at);
      const statement = take(begin);
      // The data is not SQL, and no history needs the rows.
      if (statement && !copies) yield statement;
    }
  }
  const rest = take(text.length);
  if (rest) yield rest;
}

function commentEnd(text, at) {
  const mark = /\/\*|\*\//gu;
  mark.lastIndex = at;
  for (let depth = 1, found; (found = mark.exec(text)); ) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

function dataEnd(text, at) {
  const end = text.indexOf('\n\\.', at);
  return end < 0 ? at : end + 3;
}

const texts = JSON.parse(await read(process.stdin));
process.stdout.write(JSON.stringify(texts.map((text) => [...statements(text)])));
