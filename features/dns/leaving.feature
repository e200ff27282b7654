@needs_containers
Feature: Nobody is sent to a replica that is on its way out
  A replica may take its time to stop: it hands over, it ends what it has begun. From the moment at which its deletion is
  requested no name leads to it, though it still runs; only a service that publishes unready replicas keeps it.
  See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow

  Background:
    Given StatefulSet "leaver" with 2 ready replicas

  Scenario: A replica that takes its time to stop has no name meanwhile
    When pod "leaver-1" is deleted
    Then within 3 seconds name "leaver-1.leavers" does not resolve
    And for 3 seconds name "leaver-1.leavers" does not resolve
    And at no time since the event did a name lead to a pod of "leaver" more than 3 seconds after its deletion

  Scenario: A service leads past a replica that takes its time to stop
    When pod "leaver-1" is deleted
    Then within 3 seconds name "leavers" resolves to pod "leaver-0" alone
    And for 3 seconds name "leavers" resolves to pod "leaver-0" alone
    And at no time since the event did a name lead to a pod of "leaver" more than 3 seconds after its deletion
