Feature: References between JavaScript and TypeScript files

  Rule: A reference is read from the statement itself, never from a comment, a template or prose

    Scenario Outline: How statements spell references
      Given a source "a.ts" of "<source>"
      When it is extracted
      Then it refers to "<references>"

      Examples:
        | source                                                | references         |
        | import './a'                                          | ./a                |
        | import a, { b as c, type D } from "./x"               | ./x b,D,default    |
        | import { a, b } from './x'                            | ./x a,b            |
        | import {\n  a, // one\n  b,\n} from './x'             | ./x a,b            |
        | import * as ns from './x'                             | ./x *              |
        | import type { T } from './x'                          | ./x T              |
        | import type T from './x'                              | ./x default        |
        | import{a}from"./x";import b from"./y"                 | ./x a \| ./y default |
        | export * from './x'                                   | ./x *              |
        | export { a as b } from './x'                          | ./x a              |
        | const a = require('./x')                              | ./x                |
        | import a = require('./x')                             | ./x                |
        | const a = await import('./x')                         | ./x                |
        | const a = import(/* webpackChunkName: "b" */ './x')   | ./x                |
        | let a: import('./x').T                                | ./x                |
        | /// <reference path="./x.d.ts" />                     | ./x.d.ts           |
        | declare module './x' {}                               | ./x                |
        | /** @param {import('./x').T} t */                     | ./x                |
        | // import a from './x'                                | nothing            |
        | /*\nimport a from './x'\n*/\nimport b from './y'      | ./y default        |
        | const a = `\nimport a from './x'\n`\nimport b from './y' | ./y default     |
        | const a = '/*'\nimport b from './y'                   | ./y default        |
        | const a = /`/\nimport b from './y'                    | ./y default        |
        | // do not import it\nimport b from './y'              | ./y default        |
        | import nothing at all\nimport { b } from './y'         | ./y b              |
        | import { a, /* b, */ type } from './x'                | ./x a,type         |
        | import words 'x'                                      | nothing            |
        | text(" import a from 'x' ")                           | nothing            |
        | if ("import"==a.kind\|\|"x"===b) {}                   | nothing            |
        | import { größe } from './x'                           | ./x größe          |
        | reimport('./x'); x.require('./y'); important          | nothing            |
        | require(name); import(name); import(`./${name}`)      | nothing            |

    Scenario Outline: What a file offers
      Given a source "a.ts" of "<source>"
      When it is extracted
      Then it declares "<declared>"

      Examples:
        | source                                                              | declared        |
        | export const a = 1\nexport async function b() {}\nexport class C {} | a \| b \| C     |
        | export default class A {}                                           | default         |
        | export { a as b, c }                                                | b \| c          |
        | export { a as b } from './x'\nexport * from './y'                   | b=./x a \| *=./y * |
        | import { a } from './x'\nexport { a as b }                          | b=./x a         |
        | export * as ns from './x'                                           | ns=./x *        |
        | export declare abstract class A {}\nexport type T = {}\nexport const enum E {} | A \| T \| E |

  Rule: A specifier means the file that the tools of the language would take

    Scenario: Relative specifiers lack suffixes, name directories, or carry the suffix of the compiled file
      Given the source files
        | path            | text                                                              |
        | src/a.ts        | import './b'; import './dir'; import './c.js'; import '..'; import './d.css' |
        | src/b.ts        |                                                                   |
        | src/b/index.ts  |                                                                   |
        | src/dir/index.tsx |                                                                 |
        | src/c.mts       |                                                                   |
        | src/d.css       |                                                                   |
        | index.js        | import './src/nowhere'; import '../../outside'                    |
      When their references are followed
      Then the references between the files are
        | from     | to                                                       |
        | src/a.ts | src/b.ts src/dir/index.tsx src/c.mts index.js src/d.css  |

    Scenario: Workspace packages, by their manifest or by custom
      Given the source files
        | path                          | text                                                                             |
        | packages/core/package.json    | {"name": "@our/core", "exports": {".": {"import": "./dist/esm/entry.mjs"}, "./util/*": "./lib/*.js"}} |
        | packages/core/src/entry.ts    |                                                                                  |
        | packages/core/src/index.ts    |                                                                                  |
        | packages/core/lib/text.js     |                                                                                  |
        | packages/core/src/more.ts     |                                                                                  |
        | packages/app/package.json     | {"name": "app", "imports": {"#own": "./own.js"}}                                 |
        | packages/app/own.js           |                                                                                  |
        | packages/app/main.js          | import '@our/core'; import '@our/core/util/text'; import '@our/core/more'; import '#own' |
      When their references are followed
      Then the references between the files are
        | from                 | to                                                                                        |
        | packages/app/main.js | packages/core/src/entry.ts packages/core/lib/text.js packages/core/src/more.ts packages/app/own.js |

    Scenario: Paths of a configuration with comments, which extends another
      Given the source files
        | path                | text                                                                              |
        | config/tsconfig.base.json | { // a comment\n "compilerOptions": { "baseUrl": "../src", "paths": { "@app/*": ["app/*"], "cfg": ["config.ts"], }, }, } |
        | web/tsconfig.json   | {"extends": "../config/tsconfig.base.json"}                                              |
        | web/a.ts            | import '@app/b'; import 'cfg'; import 'lib/c'                                     |
        | src/app/b.ts        |                                                                                   |
        | src/config.ts       |                                                                                   |
        | src/lib/c.ts        |                                                                                   |
      When their references are followed
      Then the references between the files are
        | from     | to                                        |
        | web/a.ts | src/app/b.ts src/config.ts src/lib/c.ts   |

    Scenario: A manifest without a name, lists of targets, configurations of packages
      Given the source files
        | path                 | text                                                                                     |
        | package.json         | {"exports": {".": [{"node": "./gone.js"}, "./src/main.js"]}}                             |
        | src/main.ts          | export const main = 1                                                                    |
        | kit/package.json     | {"name": "kit", "module": "dist/gone.js", "main": "./lib/kit.js"}                        |
        | kit/lib/kit.js       | import("left-pad")\nconst a = 1\nexport { a }                                             |
        | app/tsconfig.json    | {"extends": ["@tsconfig/node18", "../base/tsconfig.json", "../none/tsconfig.json"], "compilerOptions": {"paths": {"own": [7, "./own.ts"]}}} |
        | base/tsconfig.json   | {"compilerOptions": {"baseUrl": "."}}                                                    |
        | base/shared/x.ts     |                                                                                          |
        | app/own.ts           |                                                                                          |
        | app/a.ts             | import "own"\nimport "shared/x"\nimport "kit"                                            |
        | app/b.ts             | import "own"                                                                             |
        | app/page.vue         | <script>document.write("<script src=x>")\nimport "./own"</script>                        |
      When their references are followed
      Then the references between the files are
        | from         | to                                      |
        | app/a.ts     | app/own.ts base/shared/x.ts kit/lib/kit.js |
        | app/b.ts     | app/own.ts                              |
        | app/page.vue | app/own.ts                              |

    Scenario: Configurations that extend each other in a ring come to an end
      Given the source files
        | path            | text                                |
        | a/tsconfig.json | {"extends": "../b/tsconfig.json"}   |
        | b/tsconfig.json | {"extends": "../a/tsconfig.json"}   |
        | a/x.ts          | import "nothing-like-it"            |
      When their references are followed
      Then no file refers to another

    Scenario: Vue, Svelte and Astro files refer by their scripts
      Given the source files
        | path       | text                                                                              |
        | a.vue      | <template>import x from './b'</template>\n<script setup lang="ts">\nimport C from './c.svelte'\n</script> |
        | c.svelte   | <p>It's `fine`</p>\n<script>\n  import d from '@/d'\n</script>                    |
        | e.astro    | ---\nimport A from './a.vue'\n---\n<p>import B from './b'</p>                     |
        | b.ts       |                                                                                   |
        | src/d.ts   |                                                                                   |
      When their references are followed
      Then the references between the files are
        | from     | to       |
        | a.vue    | c.svelte |
        | c.svelte | src/d.ts |
        | e.astro  | a.vue    |

  Rule: A name that a barrel re-exports leads to the barrel and to the file that defines it

    Scenario: Through several barrels
      Given the source files
        | path             | text                                                 |
        | index.ts         | export * from './models'; export { run as go } from './run' |
        | models/index.ts  | export * from './user'; export * from './post'       |
        | models/user.ts   | export class User {}                                 |
        | models/post.ts   | export interface Post {}                             |
        | run.ts           | export function run() {}                             |
        | use.ts           | import { Post, go } from '.'                         |
        | all.ts           | import * as everything from './index'                |
      When their references are followed
      Then the references between the files are
        | from            | to                             |
        | index.ts        | models/index.ts run.ts         |
        | models/index.ts | models/user.ts models/post.ts  |
        | use.ts          | index.ts models/post.ts run.ts |
        | all.ts          | index.ts                       |

    Scenario: Barrels that re-export each other come to an end
      Given the source files
        | path   | text                                    |
        | a.ts   | export * from './b'                     |
        | b.ts   | export * from './a'; export { x } from './a' |
        | use.ts | import { x, y } from './a'              |
      When their references are followed
      Then the references between the files are
        | from   | to        |
        | a.ts   | b.ts      |
        | b.ts   | a.ts      |
        | use.ts | a.ts      |

  Rule: What is not in the repository is a package from outside, unless it belongs to the platform

    Scenario: Packages, scopes and the platform
      Given the source files
        | path | text                                                                                          |
        | a.ts | import 'react'; import '@scope/pkg/deep'; import 'lodash/get'; import 'fs/promises'; import 'node:path'; import 'npm:chalk@5'; import 'https://x.org/y.js'; import './nowhere' |
      When their references are followed
      Then the packages from outside are
        | file | packages                        |
        | a.ts | @scope/pkg chalk lodash react   |

  Rule: A manifest that cannot be read is reported

    Scenario Outline: Broken manifests
      Given a source "<path>" of "<source>"
      When it is extracted
      Then the problem is "<problem>"

      Examples:
        | path          | source   | problem                                                                                            |
        | package.json  | {"name": | no JSON: Expecting value: line 1 column 9 (char 8)                                                 |
        | tsconfig.json | []       | no JSON object                                                                                     |

  Rule: An outline says what a reader must know before opening the file

    Scenario: Documentation and exported definitions
      Given the source file "a.ts"
        """
        /**
         * Talks to the server. Retries.
         */

        import { x } from './x'

        /** Options of {@link Client}. */
        export interface Options<T = {}> extends Base {
          a: string
        }

        /**
         * A client.
         *
         * @public
         */
        export default class Client implements Sender<{ a: 1 }> {
          constructor(private options: Options = { a: ')' }) {
            if (x) { }
          }

          /** Sends it. */
          async send<T>(
            body: { text: string },
          ): Promise<{ ok: boolean }> {
            log(body)
          }

          _hidden() {}
        }

        export const add = (a: number, b = 1): number => a + b
        export type Id = string | { id: string }
        function inner() {}
        """
      When it is outlined
      Then it says "Talks to the server."
      And it defines
        | line | kind      | name               | signature                                                              | doc                         |
        | 8    | interface | Options            | export interface Options<T = {}> extends Base                          | Options of {@link Client}.  |
        | 17   | class     | Client             | export default class Client implements Sender<{ a: 1 }>                | A client.                   |
        | 18   | method    | Client.constructor | constructor(private options: Options = { a: ')' })                     |                             |
        | 23   | method    | Client.send        | async send<T>(body: { text: string }): Promise<{ ok: boolean }>        | Sends it.                   |
        | 32   | constant  | add                | export const add = (a: number, b = 1): number                          |                             |
        | 33   | type      | Id                 | export type Id                                                         |                             |

    Scenario: CommonJS
      Given the source file "a.js"
        """
        'use strict'
        /* Copyright: nobody */
        module.exports = class Rule extends Base {
          check(node) {}
        }
        exports.create = function (context) { return 1 }
        """
      When it is outlined
      Then it defines
        | line | kind     | name       | signature                              |
        | 3    | class    | Rule       | module.exports = class Rule extends Base |
        | 4    | method   | Rule.check | check(node)                            |
        | 6    | function | create     | exports.create = function (context)    |

    Scenario: What looks like a method and is none
      Given the source file "b.js"
        """
        class Caller {
          run(a) { return a }
          wait(1)
        }
        exports.limit = 5
        export class Broken) {
        """
      When it is outlined
      Then it defines
        | line | kind     | name  | signature                 |
        | 5    | constant | limit | exports.limit = 5         |
        | 6    | class    | Broken | export class Broken      |
