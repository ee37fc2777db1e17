// Preloaded into Azurite (node --require): it never outlives the program that started it, and leaves Ctrl-C to it.
"use strict";

// A Ctrl-C in the terminal, or a supervisor's SIGTERM, may reach every process of the group. The parent decides when its
// store may go: it still drains into it. What Azurite would do on SIGTERM is kept for the end of its input.
const closers = [];
for (const name of ["on", "once", "addListener"]) {
  const original = process[name];
  process[name] = function (event, listener) {
    if (event === "SIGTERM") closers.push(listener);
    return event === "SIGINT" || event === "SIGTERM" ? this : original.call(this, event, listener);
  };
  if (name === "on") for (const signal of ["SIGINT", "SIGTERM"]) original.call(process, signal, () => {});
}

// A server closes once its last connection is gone; a client's pool would hold one for minutes.
const http = require("http");
const close = http.Server.prototype.close;
http.Server.prototype.close = function (done) {
  setTimeout(() => this.closeAllConnections(), 500).unref();
  return close.call(this, done);
};

// Standard input ends with the parent, however it dies. Azurite then writes its files, within ten seconds.
process.stdin.resume();
process.stdin.on("end", () => {
  setTimeout(() => process.exit(1), 10000).unref();
  for (const close of closers) close("SIGTERM");
});
