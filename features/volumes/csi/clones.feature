@upstream @needs_csi
Feature: A claim that is made from another claim begins with what is in that one
  Whoever tries a new version on real data makes a copy of it first. The copy has a volume of its own, and the claim that
  it was made from has nothing of it. Nothing tells which drivers can do it: one that cannot breaks this promise.
  So far this ran against a stub of a driver, and on no real one.
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
