@upstream @needs_csi @needs_growing_volumes
Feature: A claim that asks for more becomes larger, and nobody who uses it is disturbed
  A volume that runs full is made larger by asking for more. The pod runs on; where none runs, the claim is larger when
  the next one does. Nothing takes the new size back.
  So far this ran against a stub of a driver, and on no real one.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims

  Background:
    Given stateful set "vault" with 1 ready replica

  Scenario: A claim grows while its pod runs on
    When claim "data-vault-0" is to hold 2Gi
    Then within 120 seconds claim "data-vault-0" has grown to 2Gi
    And for 3 seconds no pod of "vault" is replaced
    And at no time did a replica of "vault" lose its claim

  @needs_containers
  Scenario: What was written before the volume grew is read afterwards
    Given each replica of "vault" has written data of its own
    When claim "data-vault-0" is to hold 2Gi
    Then within 120 seconds claim "data-vault-0" has grown to 2Gi
    And each replica of "vault" reads the data it has written

  Scenario: A claim that asked while no pod used it has grown when its pod is back
    Given stateful set "vault" has been scaled to 0
    And claim "data-vault-0" is to hold 2Gi
    When stateful set "vault" is scaled to 1
    Then within 120 seconds all 1 replicas of "vault" are ready
    And within 120 seconds claim "data-vault-0" has grown to 2Gi
    And at no time did a replica of "vault" lose its claim

  Scenario: A claim keeps its new size while its replica is scaled away
    Given claim "data-vault-0" has grown to 2Gi
    And stateful set "vault" has been scaled to 0
    When stateful set "vault" is scaled to 1
    Then for 5 seconds claim "data-vault-0" holds 2Gi
    And within 120 seconds all 1 replicas of "vault" are ready
    And at no time did a replica of "vault" lose its claim
