@upstream
Feature: A claim that cannot be satisfied stays pending
  Its pod does not start, and events say why. Many storage classes wait for the first pod, so there is one that uses the
  claim. Pending claims are retried every fifteen seconds.
  See https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/

  Rule: A pod without its volume does not start

    @needs_dynamic_volumes
    Scenario: A claim that no volume can be made for says why
      When pod "asker" is created with claim "raw"
      Then within 10 seconds an event says why claim "raw" is not provisioned
      And for 3 seconds claim "raw" is not bound

    @needs_containers
    Scenario: A pod whose volume does not exist does not start
      When pod "reader" is created
      Then within 20 seconds pod "reader" has no volume mounted, because "is not a directory"
      And for 3 seconds pod "reader" does not start

  Rule: A claim without a class waits for a default class

    @exclusive @needs_dynamic_volumes
    Scenario: A claim that names no class waits where no class is the default
      Given no StorageClass is the default
      When pod "owner" is created with claim "classless"
      Then for 3 seconds claim "classless" is not bound

    @exclusive @needs_dynamic_volumes
    Scenario: A claim that waits for a default class gets the one that comes
      Given no StorageClass is the default
      And claim "classless" is pending
      And pod "owner" is unschedulable
      When the default StorageClass is restored
      Then within 40 seconds claim "classless" is bound
