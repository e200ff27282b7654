@upstream @needs_csi @needs_growing_volumes
Feature: A claim that requests more grows without disturbing its pod
  A volume that runs full is expanded by requesting more. The pod keeps running; without a pod, the claim grows when the
  next one runs. Nothing makes it smaller again.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims

  Background:
    Given StatefulSet "vault" with 1 ready replica

  Scenario: A claim grows while its pod runs on
    When claim "data-vault-0" requests 2Gi
    Then within 120 seconds claim "data-vault-0" has a capacity of 2Gi
    And for 3 seconds no pod of "vault" is replaced
    And at no time since the scenario began did a replica of "vault" lose its claim

  @needs_containers
  Scenario: What was written before the volume grew is read afterwards
    Given each replica of "vault" has written its own data
    When claim "data-vault-0" requests 2Gi
    Then within 120 seconds claim "data-vault-0" has a capacity of 2Gi
    And each replica of "vault" reads its own data

  Scenario: A claim expanded without a pod has grown when its pod is back
    Given StatefulSet "vault" has been scaled to 0
    And claim "data-vault-0" requests 2Gi
    When StatefulSet "vault" is scaled to 1
    Then within 120 seconds the only replica of "vault" is ready
    And within 120 seconds claim "data-vault-0" has a capacity of 2Gi
    And at no time since the scenario began did a replica of "vault" lose its claim

  Scenario: A claim keeps its new size while its replica is scaled away
    Given claim "data-vault-0" has grown to 2Gi
    And StatefulSet "vault" has been scaled to 0
    When StatefulSet "vault" is scaled to 1
    Then for 5 seconds claim "data-vault-0" has a capacity of 2Gi
    And within 120 seconds the only replica of "vault" is ready
    And at no time since the scenario began did a replica of "vault" lose its claim
