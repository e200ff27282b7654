@exclusive @needs_go_between
Feature: One write that fails delays the others and changes none
  A server that is busy or restarted refuses a write now and then, or carries it out and cannot say so. The controller
  tries again, does nothing twice and leaves nothing out.

  Rule: A start survives a write that fails

    Scenario Outline: Replicas are started in order although one creation fails
      Given StatefulSet "nginx-web" with 1 ready replica
      And the next write of the controller manager to pods <failed>
      When StatefulSet "nginx-web" is scaled to 3
      Then within 60 seconds all 3 replicas of "nginx-web" are ready
      And that write of the controller manager to pods was made
      And at no time since the scenario began did "nginx-web" start a replica out of order

      Examples:
        | failed                          |
        | fails                           |
        | meets a conflict                |
        | is one too many                 |
        | takes effect but gets no answer |

    Scenario: Replicas are started in order although one status is not accepted
      Given StatefulSet "nginx-web" with 1 ready replica
      And the next write of the controller manager to StatefulSets meets a conflict
      When StatefulSet "nginx-web" is scaled to 3
      Then within 60 seconds "nginx-web" reports 3 ready replicas
      And that write of the controller manager to StatefulSets was made
      And pods "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready

  Rule: A rollout survives a write that fails

    Scenario Outline: A rollout makes one revision although its creation fails
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the next write of the controller manager to controller revisions <failed>
      When version "v2" of "nginx-web" is rolled out
      Then within 60 seconds all 2 replicas of "nginx-web" run version "v2"
      And that write of the controller manager to controller revisions was made
      And at no time since the scenario began did "nginx-web" make two revisions of one version

      Examples:
        | failed                          |
        | fails                           |
        | takes effect but gets no answer |

    Scenario: A rollout goes on in order although a deletion gets no answer
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the next write of the controller manager to pods takes effect but gets no answer
      When version "v2" of "nginx-web" is rolled out
      Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
      And that write of the controller manager to pods was made
      And at no time since the scenario began did "nginx-web" replace a replica out of order
