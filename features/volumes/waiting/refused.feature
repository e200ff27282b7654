@upstream
Feature: A claim that gets no volume does not get just any
  A claim that cannot be satisfied waits and its pod does not start; whoever looks sees why. Many classes make a volume
  for the first pod alone, so a pod that uses the claim is there. Claims that wait are looked at every fifteen seconds.
  See https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/

  @needs_dynamic_volumes
  Scenario: A claim that no volume can be made for says why
    When pod "asker" is started on claim "raw"
    Then within 10 seconds the server says why claim "raw" gets no volume
    And for 3 seconds claim "raw" has no volume

  @needs_containers
  Scenario: A pod whose volume does not exist does not start
    When pod "reader" is started
    Then within 20 seconds pod "reader" gets no volume, because "is not a directory"
    And for 3 seconds pod "reader" does not start

  @exclusive @needs_dynamic_volumes
  Scenario: A claim that names no class waits where no class is the default
    Given no storage class is the default
    When pod "owner" is started on claim "classless"
    Then for 3 seconds claim "classless" has no volume

  @exclusive @needs_dynamic_volumes
  Scenario: A claim that waits for a default class gets the one that comes
    Given no storage class is the default
    And claim "classless" waits for a volume
    And no node takes pod "owner"
    When the default storage class is the default again
    Then within 40 seconds claim "classless" has a volume
