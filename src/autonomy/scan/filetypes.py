"""What a file is written in, by its name, its suffix, or its first line."""

from collections.abc import Mapping


def _table(text: str) -> Mapping[str, str]:
    """Lines of `language key key ...` as key -> language."""
    rows = (line.split() for line in text.splitlines())
    return {key: language for language, *keys in rows for key in keys}


_SUFFIXES = _table("""\
python .py .pyi .pyw
cython .pyx .pxd .pxi
jupyter .ipynb
javascript .js .mjs .cjs .jsx
typescript .ts .mts .cts .tsx
vue .vue
svelte .svelte
java .java
kotlin .kt .kts
scala .scala .sc
groovy .groovy .gradle
clojure .clj .cljs .cljc .edn
go .go
rust .rs
zig .zig
d .d
nim .nim
c .c .h
cpp .cc .cpp .cxx .c++ .hh .hpp .hxx .inl .ipp
objective-c .m .mm
swift .swift
csharp .cs
fsharp .fs .fsi .fsx
visualbasic .vb
ruby .rb .rake .gemspec
erb .erb
php .php .phtml
perl .pl .pm .t
raku .raku
lua .lua
tcl .tcl
r .r
julia .jl
matlab .mat
fortran .f .f90 .f95 .f03 .for
cobol .cob .cbl
ada .adb .ads
pascal .pas .pp
lisp .lisp .lsp .cl
emacs-lisp .el
scheme .scm .ss
racket .rkt
haskell .hs .lhs
ocaml .ml .mli
elm .elm
erlang .erl .hrl
elixir .ex .exs
dart .dart
solidity .sol
verilog .v .sv .svh
vhdl .vhd .vhdl
cuda .cu .cuh
opencl .opencl
glsl .glsl .vert .frag
assembly .s .asm
devicetree .dts .dtsi .dtso
linker-script .lds
llvm .ll
wasm-text .wat
shell .sh .bash .zsh .ksh .fish
powershell .ps1 .psm1 .psd1
batch .bat .cmd
awk .awk
vim .vim
makefile .mk .mak
cmake .cmake
meson .meson
starlark .bzl .bazel .star
nix .nix
terraform .tf .tfvars .hcl
protobuf .proto
thrift .thrift
graphql .graphql .gql
sql .sql
jinja .j2 .jinja .jinja2
handlebars .hbs
html .html .htm .xhtml
css .css
scss .scss .sass
less .less
svg .svg
xml .xml .xsd .xsl .xslt .plist
json .json .jsonl .json5 .geojson
yaml .yaml .yml
toml .toml
ini .ini .cfg .conf .properties
csv .csv .tsv
markdown .md .markdown .mdx
restructuredtext .rst
asciidoc .adoc .asciidoc
tex .tex .sty .cls .bib
roff .1 .3 .5 .7 .8 .man
org .org
text .txt
diff .diff .patch
gettext .po .pot
gherkin .feature
robot .robot
""")
_NAMES = _table("""\
makefile Makefile GNUmakefile makefile Kbuild
kconfig Kconfig
dockerfile Dockerfile Containerfile
cmake CMakeLists.txt
meson meson.build
starlark BUILD WORKSPACE
ruby Rakefile Gemfile Vagrantfile
groovy Jenkinsfile
python SConstruct SConscript
text README LICENSE COPYING NEWS CHANGES AUTHORS INSTALL
ini .gitignore .gitattributes .editorconfig
""")
_INTERPRETERS = _table("""\
shell sh bash dash zsh ksh fish
python python
javascript node
typescript deno
perl perl
ruby ruby
php php
lua lua
tcl tclsh wish
awk awk gawk
makefile make
r Rscript
groovy groovy
powershell pwsh
""")


def by_name(path: str) -> str:
    """The language that a path promises; empty where it promises none."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return _NAMES.get(name) or (_SUFFIXES.get(name[dot:].lower(), "") if dot > 0 else "")


def by_first_line(data: bytes) -> str:
    """The language that a `#!` line asks for; empty where there is none."""
    if not data.startswith(b"#!"):
        return ""
    words = data[2:200].partition(b"\n")[0].decode("ascii", "replace").split()
    if words and words[0].endswith("/env"):
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    program = words[0].rpartition("/")[2] if words else ""
    return _INTERPRETERS.get(program) or _INTERPRETERS.get(program.rstrip("0123456789."), "")
