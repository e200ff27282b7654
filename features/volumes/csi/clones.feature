@upstream @needs_csi
Feature: A clone of a claim starts with the data of its source
  A new version is tried on a copy of real data. The copy has a volume of its own, and the source does not change. No
  object says which drivers support clones: a driver that does not breaks this promise.
  See https://kubernetes.io/docs/concepts/storage/volume-pvc-datasource/

  Background:
    Given StatefulSet "vault" with 1 ready replica

  Scenario: A claim that is made from another claim gets a volume of its own
    Given StatefulSet "vault" has been scaled to 0
    When pod "copyist" is created with claim "copy"
    Then within 120 seconds pod "copyist" is ready
    And claim "copy" has its own volume, made from claim "data-vault-0"

  @needs_containers
  Scenario: A claim that is made from another claim holds what was written there
    Given each replica of "vault" has written its own data
    And StatefulSet "vault" has been scaled to 0
    When pod "copyist" is created with claim "copy"
    Then within 120 seconds pod "copyist" is ready
    And pod "copyist" reads what pod "vault-0" had written before claim "copy"
