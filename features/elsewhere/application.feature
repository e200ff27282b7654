Feature: An application is run from where its manifests are
  Manifests are kept where they are deployed from: several objects, in a namespace that has a name. A scenario runs them
  unchanged, in a namespace of its own; the names in them are adapted.

  Background:
    Given the manifests are in "shop"

  Scenario: An application that names its namespace starts in another one
    When StatefulSet "till" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "till" are ready
    And pods "till-0" and "till-1" were created in this order, each after the one before was ready

  Scenario: An application in one piece is restarted without losing its names
    Given StatefulSet "till" with 2 ready replicas
    And disruption budget "tills" covers "till"
    When StatefulSet "till" is restarted
    Then within 60 seconds the rollout of "till" is complete
    And within 10 seconds name "till-1.tills" resolves to a new pod "till-1"

  @needs_containers
  Scenario: A name that the manifests spell out leads to a pod of the scenario
    When StatefulSet "till" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "till" are ready
    And each pod of "till" ran its init containers in order before it started
