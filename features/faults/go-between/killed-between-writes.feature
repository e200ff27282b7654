@exclusive @needs_go_between
Feature: A set reaches its wish wherever its controller dies
  A controller writes one thing after another: a revision, a pod, a status. Whichever was its last, the one that is
  started after it finds what there is and completes it, and does nothing twice.

  Rule: A start is completed

    Scenario Outline: Replicas are started in order wherever their controller is killed
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager will be killed after its <nth> write
      And scaling "nginx-web" to 3 has been requested
      When the controller manager has been killed there and is restarted
      Then within 60 seconds all 3 replicas of "nginx-web" are ready
      And at no time since the scenario began did "nginx-web" start a replica out of order

      Examples:
        | nth |
        | 1st |
        | 2nd |
        | 3rd |

  Rule: A rollout is completed

    Scenario Outline: A rollout makes one revision wherever the controller is killed
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the controller manager will be killed after its <nth> write
      And the rollout of version "v2" of "nginx-web" has been requested
      When the controller manager has been killed there and is restarted
      Then within 60 seconds all 2 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" make two revisions of one version

      Examples:
        | nth |
        | 1st |
        | 2nd |
        | 3rd |
        | 4th |
