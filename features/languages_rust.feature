Feature: Rust files refer to each other by modules and paths

  Rule: A module declaration means its file

    Scenario: Beside, below, by a path attribute, inside of another module
      Given the source files
        | path               | text                                                                       |
        | Cargo.toml         | [package]\nname = "app"                                                    |
        | src/lib.rs         | mod a;\npub mod b;\n#[path = "odd/place.rs"]\nmod c;\nmod d {\n    mod e;\n}\nmod t {} |
        | src/a.rs           | mod inner;                                                                 |
        | src/a/inner.rs     |                                                                            |
        | src/b/mod.rs       |                                                                            |
        | src/odd/place.rs   |                                                                            |
        | src/d/e.rs         |                                                                            |
        | tests/it.rs        | mod common;                                                                |
        | tests/common/mod.rs |                                                                           |
      When their references are followed
      Then the references between the files are
        | from        | to                                                |
        | src/lib.rs  | src/a.rs src/b/mod.rs src/odd/place.rs src/d/e.rs |
        | src/a.rs    | src/a/inner.rs                                    |
        | tests/it.rs | tests/common/mod.rs                               |

  Rule: A path is followed through modules and re-exports to the file of its item

    Scenario: From the crate, from above, from here, in trees and in the code
      Given the source files
        | path         | text                                                                         |
        | Cargo.toml   | [package]\nname = "app"                                                      |
        | src/lib.rs   |                                                                              |
        | src/a/mod.rs | pub struct A;                                                                |
        | src/a/x.rs   | use super::A;\nfn f() { self::g() }                                          |
        | src/b.rs     | use crate::{a::{self, x::X as Y}, c::*};                                     |
        | src/c.rs     | fn f() { crate::a::x::go(); std::mem::drop(1); u8::from_str("1"); Self::g() } |
        | src/d.rs     | mod tests {\n    use super::*;\n    use super::super::a::A;\n}\n             |
        | src/sync.rs  |                                                                              |
        | src/e.rs     | use std::{sync::Arc, collections::HashMap};                                  |
        | src/f/g.rs   | use crate::f::g::Deep;                                                       |
        | src/h.rs     | use crate::f::g::Deep;\nuse sync::Lock;\nconst T: &str = include_str!("h.txt"); |
        | src/h.txt    |                                                                              |
        | build.rs     | // use crate::a::A;\nconst S: &str = r#"use crate::a::A;"#;                  |
      When their references are followed
      Then the references between the files are
        | from       | to                               |
        | src/a/x.rs | src/a/mod.rs                     |
        | src/b.rs   | src/a/mod.rs src/a/x.rs src/c.rs |
        | src/c.rs   | src/a/x.rs                       |
        | src/d.rs   | src/a/mod.rs                     |
        | src/h.rs   | src/f/g.rs src/sync.rs src/h.txt |

    Scenario: A re-export leads to where the item is
      Given the source files
        | path            | text                                                         |
        | Cargo.toml      | [package]\nname = "app"                                      |
        | src/lib.rs      | pub use net::tcp::Stream;\npub mod net;                       |
        | src/net/mod.rs  | pub mod tcp;\nmod udp;\npub use self::udp::*;\npub use self::loops as round;\npub use self::round as loops; |
        | src/net/tcp.rs  | pub struct Stream;                                           |
        | src/net/udp.rs  | pub struct Socket;\npub(crate) fn open() {}                  |
        | src/a.rs        | use crate::Stream;                                           |
        | src/b.rs        | use crate::net::{Socket, round};                             |
      When their references are followed
      Then the references between the files are
        | from           | to                                |
        | src/lib.rs     | src/net/tcp.rs src/net/mod.rs     |
        | src/net/mod.rs | src/net/tcp.rs src/net/udp.rs     |
        | src/a.rs       | src/net/tcp.rs                    |
        | src/b.rs       | src/net/udp.rs src/net/mod.rs     |

    Scenario: A chain of re-exports is followed for forty steps
      Given the source files
        | path        | text                                                    |
        | Cargo.toml  | [package]\nname = "app"                                 |
        | src/lib.rs  |                                                         |
        | src/end.rs  | pub struct Thing;                                       |
        | src/user.rs | use crate::chain::a;                                   |
        | src/near.rs | use crate::chain::u;                                   |
        | src/chain.rs | pub use crate::end::Thing as R;\npub use self::{b as a, c as b, d as c, e as d, f as e, g as f, h as g, i as h, j as i, k as j, l as k, m as l, n as m, o as n, p as o, q as p, r as q, s as r, t as s, u as t, v as u, w as v, x as w, y as x, z as y, A as z, B as A, C as B, D as C, E as D, F as E, G as F, H as G, I as H, J as I, K as J, L as K, M as L, N as M, O as N, P as O, Q as P, R as Q}; |
      When their references are followed
      Then the references between the files are
        | from         | to           |
        | src/chain.rs | src/end.rs   |
        | src/user.rs  | src/chain.rs |
        | src/near.rs  | src/end.rs   |

  Rule: A crate of the workspace is inside, any other is external by the name of its manifest

    Scenario: Crates by path, renamed, of the workspace, and a fixture of the same name
      Given the source files
        | path                  | text                                                                                                    |
        | Cargo.toml            | [workspace.dependencies]\nshared-kit = { path = "kit" }                                                 |
        | kit/Cargo.toml        | [package]\nname = "shared-kit"                                                                          |
        | kit/src/lib.rs        | pub mod tool;\n#[macro_export]\nmacro_rules! fix { () => {} }                                           |
        | kit/src/tool.rs       |                                                                                                         |
        | app/Cargo.toml        | [package]\nname = "app"\n[dependencies]\nkit = { package = "shared-kit", workspace = true }\nserde_json = "1"\nserde = { version = "1" }\n[dev-dependencies.near-by]\npath = "../near"\n[dependencies."b a d"]\n[dependencies]\nbad = { package = "b d" } |
        | near/Cargo.toml       | [package]\nname = "near-by"\n[lib]\nname = "nearly"                                                    |
        | near/src/lib.rs       |                                                                                                         |
        | app/src/main.rs       | use kit::tool::Saw;\nuse serde::Serialize;\nfn main() { serde_json::to_string(1); kit::fix!() }         |
        | app/tests/serde/Cargo.toml | [package]\nname = "serde"                                                                          |
        | app/tests/serde/src/lib.rs |                                                                                                    |
      When their references are followed
      Then the references between the files are
        | from            | to                             |
        | kit/src/lib.rs  | kit/src/tool.rs                |
        | app/src/main.rs | kit/src/tool.rs kit/src/lib.rs |
      And the packages from outside are
        | file            | packages         |
        | app/src/main.rs | serde serde_json |

    Scenario: Targets at places of their own
      Given the source files
        | path             | text                                                                                       |
        | Cargo.toml       | [package]\nname = "rg"\n[lib]\npath = "core/library.rs"\n[[bin]]\nname = "rg"\npath = "cli/main.rs" |
        | core/library.rs  | mod part;                                                                                  |
        | core/part.rs     | use crate::Top;                                                                            |
        | cli/main.rs      | mod flags;\nuse rg::part::P;                                                               |
        | cli/flags.rs     | use crate::main;                                                                           |
      When their references are followed
      Then the references between the files are
        | from            | to                         |
        | core/library.rs | core/part.rs               |
        | core/part.rs    | core/library.rs            |
        | cli/main.rs     | cli/flags.rs core/part.rs  |
        | cli/flags.rs    | cli/main.rs                |

  Rule: What leads nowhere, or out of the tree, names no file and no package

    Scenario: Ends of all kinds
      Given the source files
        | path                | text                                                                                 |
        | Cargo.toml          | [package]\nname = "app"\n[dependencies]\ngone = { path = "../gone" }\nserde = "1"\n[patch.crates-io]\nserde = { git = "x" } |
        | src/lib.rs          | mod short;\nmod deep;\nmacro_rules! hidden { () => {} }                              |
        | src/short.rs        | pub use crate::deep as way;\npub use way::Item;                                      |
        | src/deep.rs         | pub struct Item;\nimpl Item {\n    pub fn new() {}\n}                                |
        | src/user.rs         | use crate::short::Item;                                                              |
        | src/beside.rs       | use gone::Thing;\nquote! { $use crate::deep::Item; }                                 |
        | src/old.rs          | extern crate serde as json;\nextern crate gone;                                      |
        | src/nested.rs       | use crate::{{{{{{{{{{{{{{{{{{{{{{ deep::Item }}}}}}}}}}}}}}}}}}}}}};                 |
        | src/open.rs         | mod inner { use super::super::deep::Item; }                                          |
        | tests/it/main.rs    | mod helper;                                                                          |
        | tests/it/helper.rs  | use crate::other::X;                                                                 |
        | tests/it/other.rs   |                                                                                      |
        | loose/src/part.rs   | use crate::nowhere::X;                                                               |
        | loose/Cargo.toml    | [package]\nname = "loose"                                                            |
      When their references are followed
      Then the references between the files are
        | from               | to                          |
        | src/lib.rs         | src/short.rs src/deep.rs    |
        | src/short.rs       | src/deep.rs                 |
        | src/user.rs        | src/deep.rs                 |
        | src/open.rs        | src/deep.rs                 |
        | tests/it/main.rs   | tests/it/helper.rs          |
        | tests/it/helper.rs | tests/it/other.rs           |
      And the packages from outside are
        | file       | packages |
        | src/old.rs | serde    |
