Feature: C# files refer to each other by namespaces and names

  Rule: A word may be a type of a namespace that the file sees

    Scenario: The own namespace, those around it, and those it uses
      Given the source files
        | path       | text                                                                   |
        | Base.cs    | namespace A { public abstract class Base { class In {} } }             |
        | Mark.cs    | namespace A.Attributes;\n\npublic class MarkAttribute : Attribute {}   |
        | Far.cs     | namespace Z;\nclass Far {}                                             |
        | Deep.cs    | namespace A.B.C\n{\n    class Deep : Base { Far f; }\n}                |
        | User.cs    | using A.Attributes;\n\nnamespace Q;\n\n[Mark]\nclass User {}           |
        | Full.cs    | using A;\nnamespace Q;\nclass Full { A.B.C.Deep d; }                   |
        | Static.cs  | using static Z.Far;\nusing D = A.B.C.Deep;\nnamespace Q;               |
      When their references are followed
      Then the references between the files are
        | from      | to             |
        | Deep.cs   | Base.cs        |
        | User.cs   | Mark.cs        |
        | Full.cs   | Deep.cs        |
        | Static.cs | Far.cs Deep.cs |

    Scenario: Parts of one class, and an extension method
      Given the source files
        | path        | text                                                                           |
        | Big.cs      | namespace A;\npublic partial class Big {}                                      |
        | Big.More.cs | namespace A;\npublic partial class Big {}                                      |
        | Many.cs     | namespace A;\npublic partial class Many {}                                   |
        | Many.1.cs   | namespace A;\npublic partial class Many {}                                   |
        | Many.2.cs   | namespace A;\npublic partial class Many {}                                   |
        | Other.cs    | namespace A;\npublic partial class Many {}                                   |
        | Of.cs       | namespace A;\nclass Of { Many m; }                                           |
        | Tools.cs    | namespace A;\nstatic class Tools { public static IList<T> Chunked<T>(this T t) => t; } |
        | Use.cs      | namespace B;\nusing A;\nclass Use { void F() { x.Chunked(); } }                |
      When their references are followed
      Then the references between the files are
        | from        | to          |
        | Big.cs      | Big.More.cs |
        | Big.More.cs | Big.cs      |
        | Use.cs      | Tools.cs    |
        | Of.cs       | Many.cs     |
        | Other.cs    | Many.cs     |
        | Many.1.cs   | Many.cs     |
        | Many.2.cs   | Many.cs     |

    Scenario: Words in comments and strings are no references
      Given the source files
        | path    | text                                                                                  |
        | Base.cs | namespace A;\nclass Base {}                                                           |
        | B.cs    | namespace A;\n/* Base */\n// Base\nclass B { string s = "Base" + @"C:\" + @"Base ""Base"; } |
      When their references are followed
      Then no file refers to another

    Scenario Outline: <case>
      Given a source "a.cs" of "<text>"
      When it is extracted
      Then it declares "<names>"

      Examples:
        | case                                | text                                                                                     | names                                   |
        | An extension method without a type  | namespace App;\nstatic class Ext {\n  static int Half(this int x) => 1;\n}               | package App \| App.Ext \| App.Half      |
        | A name that ends like a keyword     | namespace App;\nclass Sub {\n  Baseclass item;\n}                                        | package App \| App.Sub                  |
        | What is cut off before it begins    | (this int x)                                                                             | package                                 |

  Rule: Projects refer to projects and name their packages

    Scenario: A project file
      Given the source files
        | path           | text                                                                                                   |
        | App/App.csproj | <ProjectReference Include="..\Lib\Lib.csproj" />\n<PackageReference Include="Moq" Version="4" /> |
        | Lib/Lib.csproj |                                                                                                        |
        | App/A.cs       | using System.Linq;\nusing Microsoft.Extensions.Logging.Abstractions;\nusing Xunit;                     |
      When their references are followed
      Then the references between the files are
        | from           | to             |
        | App/App.csproj | Lib/Lib.csproj |
      And the packages from outside are
        | file           | packages                           |
        | App/App.csproj | Moq                                |
        | App/A.cs       | Microsoft.Extensions.Logging Xunit |
