#!/usr/bin/env node
/*
 * The `mini-bitcoin` and `mbtc` commands.
 *
 * Old syntax on purpose: an old Node must get as far as the sentence below instead of a syntax error.
 * So no import statements and no top-level await here; import() is the newest thing used.
 */
(function () {
  var version = process.versions.node.split('.');
  var major = Number(version[0]);
  var minor = Number(version[1]);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      'MiniBitcoin needs Node 20.19 or newer; this is Node ' +
        process.versions.node +
        '. Please install a current one from https://nodejs.org and try again.\n',
    );
    process.exitCode = 1;
    return;
  }

  function isMissing(error, name) {
    return error && error.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).indexOf(name) !== -1;
  }

  // The script is only in a checkout. An installed package came built, with nothing to get ready.
  function getReady() {
    return import('../scripts/ensure-ready.mjs').then(
      function (script) {
        return script.explainProblems(function () {
          script.ensureReady({ runtimeOnly: true });
        });
      },
      function (error) {
        if (isMissing(error, 'ensure-ready.mjs')) return true;
        throw error;
      },
    );
  }

  function run() {
    return import('../dist/cli/main.js').then(function (cli) {
      return cli.main(process.argv.slice(2));
    });
  }

  getReady()
    .then(function (ready) {
      return ready ? run() : 1;
    })
    .then(
      function (code) {
        process.exitCode = code;
      },
      function (error) {
        process.stderr.write((error && error.stack ? error.stack : String(error)) + '\n');
        if (isMissing(error, 'main.js')) {
          process.stderr.write('MiniBitcoin is not built here. In a checkout, `npm run build` does that.\n');
        }
        process.exitCode = 1;
      },
    );
})();
