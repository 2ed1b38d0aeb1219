#include "libregistry/sites/scripts/node_helper.h"

namespace smbatcher {

// `node --check` is not an answer: it takes `import` with a syntax error behind it for fine, wraps classic scripts into
// a function (a `return` at the top passes), and looks at a package.json in a folder above.
const std::string_view kNodeHelper = R"js('use strict';
var vm = require('vm');
var path = require('path').posix;
var spawnSync = require('child_process').spawnSync;
var NAME = 'smbatcher-script';
var kMaxSecondRuns = 20;

function say(answer) {
  answer.version = process.version;
  process.stdout.write('\x1esmbatcher ' + JSON.stringify(answer) + '\n');
}

// What node prints above an error: "name:line", the line, and a caret below it.
function placeIn(text, name) {
  var lines = String(text).split('\n');
  var head = lines[0].slice(0, name.length + 1) === name + ':' ? Number(lines[0].slice(name.length + 1)) : 0;
  var caret = lines.length > 2 && head ? lines[2].indexOf('^') : -1;
  return {line: head || 0, column: caret + 1};
}

function faultOf(error, place) {
  var isDeep = error instanceof RangeError;
  place.message = isDeep ? 'nested too deeply to be read' : String(error && error.message);
  return place;
}

function compile(source, goal) {
  try {
    if (goal === 'handler') {
      vm.compileFunction(source, ['event'], {filename: NAME});
    } else if (goal === 'commonjs') {
      vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], {filename: NAME});
    } else {
      new vm.Script(source, {filename: NAME});
    }
    return null;
  } catch (error) {
    return faultOf(error, placeIn(error && error.stack, NAME));
  }
}

var secondRuns = 0;
// SourceTextModule does not say where: a second node does.
function placeInModule(source) {
  if (++secondRuns > kMaxSecondRuns) {
    return {line: 0, column: 0};
  }
  var run = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--check'],
                      {input: source, encoding: 'utf8', timeout: 10000, env: {}});
  return placeIn(run.stderr || '', '[stdin]');
}

function compileModule(script) {
  if (script.module) {
    return script.module;
  }
  try {
    var module = new vm.SourceTextModule(script.text, {identifier: NAME});
    var imports = module.dependencySpecifiers || (module.moduleRequests || []).map(function (request) {
      return request.specifier;
    });
    script.module = {imports: imports, error: null};
  } catch (error) {
    script.module = {imports: [], error: error};
  }
  return script.module;
}

function moduleFault(script) {
  var error = compileModule(script).error;
  var fault = error && faultOf(error, placeInModule(script.text));
  if (fault) {
    fault.isModule = true;
  }
  return fault;
}

function check(scripts) {
  var open = {};  // files that no page names, by path
  scripts.forEach(function (script) {
    if (script.goal === 'either') {
      open[script.path] = script;
    }
  });
  // What a module imports is a module.
  var modules = scripts.filter(function (script) { return script.goal === 'module'; });
  while (modules.length) {
    var from = modules.pop();
    compileModule(from).imports.forEach(function (name) {
      if (!/^\.{0,2}\//.test(name)) {
        return;
      }
      var target = name.replace(/[?#].*$/, '');
      try { target = decodeURIComponent(target); } catch (error) { /* as it is written */ }
      target = target[0] === '/' ? path.join(from.root, target) : path.join(path.dirname(from.path), target);
      if (open[target]) {
        open[target].goal = 'module';
        modules.push(open[target]);
        delete open[target];
      }
    });
  }
  var faults = [];
  scripts.forEach(function (script, index) {
    var fault = null;
    if (script.goal === 'module') {
      fault = moduleFault(script);
    } else {
      fault = compile(script.text, script.goal);
      if (fault && script.goal === 'either') {
        var isModule = /\b(import|export|await)\b/.test(fault.message);
        fault = compileModule(script).error ? (isModule ? moduleFault(script) : fault) : null;
      }
    }
    if (fault) {
      fault.script = index;
      faults.push(fault);
    }
  });
  var imports = [];
  scripts.forEach(function (script, index) {
    if (script.module && !script.module.error && script.module.imports.length) {
      imports.push({script: index, names: script.module.imports});
    }
  });
  return {faults: faults, imports: imports};
}

var input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', function (piece) { input += piece; });
process.stdin.on('end', function () {
  if (typeof vm.SourceTextModule !== 'function' || typeof vm.compileFunction !== 'function') {
    say({tooOld: true, faults: [], imports: []});
    return;
  }
  say(check(JSON.parse(input).scripts));
});
)js";

}  // namespace smbatcher
