// SPDX-License-Identifier: Apache-2.0
// Prints the costs in WebAssembly: one line for each operation with the median in microseconds.
//
//     node run.mjs MODULE.wasm ROUNDS

import { readFile } from "node:fs/promises";

const [path, most = "40"] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(path), {});
const { start, operations, rounds_of, run } = instance.exports;

function must(result, what) {
  if (result !== 1) {
    console.error(`${what}: the result is wrong`);
    process.exit(1);
  }
}

must(start(), "start");
for (let operation = 0; operation < operations(); operation++) {
  const times = [];
  // The first rounds compile: Node's WebAssembly has two compilers.
  must(run(operation), `operation ${operation}`);
  for (let round = 0; round < Math.max(1, rounds_of(operation, Number(most))); round++) {
    const from = process.hrtime.bigint();
    const result = run(operation);
    times.push(Number(process.hrtime.bigint() - from) / 1000);
    must(result, `operation ${operation}`);
  }
  times.sort((a, b) => a - b);
  console.log(times[Math.floor(times.length / 2)].toFixed(0));
}
