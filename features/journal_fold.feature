Feature: The events of a run add up to where it stands

  @property
  Rule: Whatever events come, in whatever order

    Scenario Outline: <law>
      Then for any events "<law>" holds

      Examples:
        | law                                  |
        | a leaf settles once                  |
        | a late end is dropped                |
        | flights add up                       |
        | leases rise                          |
        | a resume abandons what was in flight |

    Scenario: Any event comes back from its record, any name byte by byte
      Then any event is read as it was written

  Rule: A record is read strictly

    Scenario Outline: <what>
      Then the record `<record>` is refused

      Examples:
        | what                       | record                                                                          |
        | A truth for a number       | {"kind":"finished","at":1,"stop_reason":"x","peak_parallel":true}               |
        | A text for a number        | {"kind":"finished","at":1,"stop_reason":"x","peak_parallel":"1"}                |
        | A fraction of a leaf       | {"kind":"finished","at":1,"stop_reason":"x","peak_parallel":1.5}                |
        | Not a number               | {"kind":"finished","at":NaN,"stop_reason":"x","peak_parallel":1}                |
        | Below zero                 | {"kind":"finished","at":1,"stop_reason":"x","peak_parallel":-1}                 |
        | An unknown key             | {"kind":"finished","at":1,"stop_reason":"x","peak_parallel":1,"more":1}         |
        | An unknown kind            | {"kind":"astrology","at":1}                                                     |
        | A leaf that is no id       | {"kind":"settled","at":1,"leaf":"../../etc/passwd","status":"failed"}           |
        | A status that is none      | {"kind":"settled","at":1,"leaf":"0123456789abcdef","status":"great"}            |
        | A name that is no base64   | {"kind":"ended","at":1,"leaf":"0123456789abcdef","lease":1,"status":"failed","log":{"path":"a","path_b64":"%"}} |
        | Nothing                    | {}                                                                              |

  Rule: What is done stays done over a resume, and all else is tried again

    Scenario Outline: A leaf that <status>
      Given a run in which a leaf ended as "<status>"
      When the run is resumed
      Then after that the leaf is <again>

      Examples:
        | status    | again             |
        | succeeded | not run again     |
        | failed    | not run again     |
        | timed_out | not run again     |
        | error     | not run again     |
        | cancelled | run again         |
        | skipped   | run again         |

    Scenario: A failed leaf that is reopened
      Given a run in which a leaf ended as "failed"
      When the run is resumed with its failed leaf
      Then after that the leaf is run again
      And its first attempt is still told

    Scenario: What a run took leaves out the time in which nobody ran it
      Given a run in which a leaf ended as "failed"
      When the run is resumed an hour later with its failed leaf, which takes 2 s
      Then the run took 2 s more than before
      And that attempt began right after the first one
