Feature: Reading ahead

  Rule: Files are announced to the disk only when it is waited for, and what is found is the same

    Scenario Outline: From a disk that has <what>
      Given a folder with 700 files of text
      When I scan it from a disk that has <what>
      Then <threads> has read ahead and none is left
      And the snapshot equals that of a first scan

      Examples:
        | what             | threads   |
        | nothing to read  | no thread |
        | all to read      | a thread  |

    Scenario: Files that vanish or can't be opened are left to the reader
      Given a folder with 700 files of text
      And the file "650.txt" is listed and gone
      When I scan it from a disk that has all to read
      Then a thread has read ahead and none is left
      And the snapshot equals that of a first scan

    Scenario: A scan that is broken off leaves no thread
      Given a folder with 700 files of text
      When a scan from a disk that has all to read is broken off
      Then a thread has read ahead and none is left
