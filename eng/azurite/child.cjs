// Preloaded into Azurite (node --require): it never outlives the program that started it, and leaves Ctrl-C to it.
"use strict";

// A Ctrl-C in the terminal reaches every process of the group. The parent decides when its store may go.
process.on("SIGINT", () => {});
for (const name of ["on", "once", "addListener"]) {
  const original = process[name];
  process[name] = function (event, listener) {
    return event === "SIGINT" ? this : original.call(this, event, listener);
  };
}

// A server closes once its last connection is gone; a client's pool would hold one for minutes.
const http = require("http");
const close = http.Server.prototype.close;
http.Server.prototype.close = function (done) {
  setTimeout(() => this.closeAllConnections(), 500).unref();
  return close.call(this, done);
};

// Standard input ends with the parent, however it dies. SIGTERM makes Azurite write its files; then it has ten seconds.
process.stdin.resume();
process.stdin.on("end", () => {
  setTimeout(() => process.exit(1), 10000).unref();
  process.kill(process.pid, "SIGTERM");
});
