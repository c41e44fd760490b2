/**
 * Source of what every attack finds at hand in its plugin, as top-level code without imports, so that a test can also
 * run it where there is something to steal.
 *
 * - `loot(...values)`: paths of all that can be reached from the values and isn't of the plugin's own realm, has a
 *   constructor that compiles code elsewhere, or looks like isolated-vm, Node or our own bridge. Empty is good.
 * - `reap(f)`: what a function gives or throws, now or later: attacks try doors that may be closed.
 */
export const lootSource = String.raw`
const here = globalThis;
const own = { ...Object.fromEntries(Reflect.ownKeys(Reflect).filter((k) => typeof k === "string").map((k) => [k, Reflect[k]])), has: Set.prototype.has, add: Set.prototype.add, test: RegExp.prototype.test, tag: Object.prototype.toString, text: String, root: Object.prototype, in: Reflect.has };
const forbiddenTags = /\b(Reference|ExternalCopy|Isolate|Context|Callback|Script|NativeModule|Transferable|process|Module|Socket|Pipe|EventEmitter)\b/;
const forbiddenKeys = new Set(["applySync", "applySyncPromise", "applyIgnored", "derefInto", "copySync", "getSync", "createContext", "compileScript", "binding", "mainModule", "dlopen", "_linkedBinding"]);

/* Written without methods and iterators that an attack may have patched before it asks. */
function loot() {
  const found = [], seen = new Set();
  let queue = null, left = 40000, looked = 0;
  const report = (text) => own.defineProperty(found, found.length, { __proto__: null, value: text, enumerable: true, writable: true, configurable: true });
  const add = (path, value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || value === here || own.apply(own.has, seen, [value])) return;
    own.apply(own.add, seen, [value]);
    queue = { __proto__: null, path, value, next: queue };
  };
  for (let i = 0; i < arguments.length; i += 1) add("#" + i, arguments[i]);
  for (; queue !== null && left > 0; left -= 1) {
    const { path, value } = queue;
    queue = queue.next;
    looked += 1;
    let top = value, steps = 0;
    try { for (let next; (next = own.getPrototypeOf(top)) !== null && steps < 100; steps += 1) top = next; } catch { continue; }
    if (steps > 0 && steps < 100 && top !== own.root && own.in(top, "constructor")) report(path + " is of another realm");
    if (typeof value === "function") {
      try {
        const maker = value.constructor;
        const made = typeof maker === "function" ? maker("return globalThis") : undefined;
        const got = typeof made === "function" ? made() : undefined;
        if (typeof got === "object" && got !== null && got !== here && typeof got.then !== "function" && typeof got.next !== "function") report(path + " compiles code elsewhere");
        const type = typeof made === "function" ? maker("return typeof process")() : "undefined";
        if (typeof type === "string" && type !== "undefined") report(path + " reaches a process");
      } catch {}
    }
    let tag = "";
    try { tag = own.apply(own.tag, value, []); } catch {}
    if (own.apply(own.test, forbiddenTags, [tag])) report(path + " is " + tag);
    let keys = [];
    try { keys = own.ownKeys(value); } catch { continue; }
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i];
      const at = path + "." + own.text(key);
      if (own.apply(own.has, forbiddenKeys, [key])) report(at);
      let d;
      try { d = own.getOwnPropertyDescriptor(value, key); } catch { continue; }
      if (d === undefined) continue;
      if (own.getOwnPropertyDescriptor(d, "get") === undefined) add(at, d.value);
      else {
        add(at + " get", d.get);
        add(at + " set", d.set);
        try { add(at, own.apply(d.get, value, [])); } catch (e) { add(at + " threw", e); }
      }
    }
    try { add(path + ".__proto__", own.getPrototypeOf(value)); } catch {}
  }
  if (looked < 3) report("nothing to look at: the attack itself did not work");
  return found;
}

async function reap(f) {
  try { return await f(); } catch (e) { return e; }
}
`;
