@upstream @needs_csi @needs_attached_volumes
Feature: A volume is attached only to the node that uses it
  A ReadWriteOnce volume moves with its pod: it is detached from one node before it is attached to another. Two nodes
  that write to one disk destroy its data.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes

  Scenario: A volume that is no longer used is attached to no node
    Given StatefulSet "vault" with 1 ready replica
    And pod "vault-0" has its volumes attached
    When StatefulSet "vault" is scaled to 0
    Then within 60 seconds the volume of claim "data-vault-0" is attached to no node

  @needs_moving_volumes
  Scenario: A pod on another node does not get a volume that is in use
    Given pod "holder" is ready with claim "single"
    And pod "holder" has its volumes attached
    When pod "heir" is created
    Then for 10 seconds the volume of claim "single" is attached to the node of pod "holder" alone

  @exclusive @needs_moving_volumes
  Scenario: A replica that moves to another node takes its volume along
    Given StatefulSet "vault" with 1 ready replica
    And the node of pod "vault-0" is cordoned
    When pod "vault-0" is deleted
    Then within 120 seconds pod "vault-0" is replaced
    And within 60 seconds the volume of claim "data-vault-0" is attached to the node of pod "vault-0" alone
    And at no time since the scenario began was the volume of claim "data-vault-0" attached to two nodes

  @exclusive @needs_moving_volumes @needs_containers
  Scenario: A replica that moves to another node finds its data there
    Given StatefulSet "vault" with 1 ready replica
    And each replica of "vault" has written its own data
    And the node of pod "vault-0" is cordoned
    When pod "vault-0" is deleted
    Then within 120 seconds pod "vault-0" is replaced
    And each replica of "vault" reads its own data
