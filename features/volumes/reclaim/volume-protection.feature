@upstream
Feature: A volume in use is protected
  Someone deletes the wrong volume, or the claim of a running pod. Both stay until they are no longer used, and nothing
  new may begin to use them. The claim requests so little that it is bound to the smaller volume.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection

  Background:
    Given volumes "kept" and "large" are available
    And claim "first" is bound

  Scenario: A volume in use is not deleted, and an unused one is
    When volumes "kept" and "large" are deleted
    Then within 5 seconds volume "large" is deleted
    And for 3 seconds volume "kept" exists

  @needs_containers
  Scenario: A volume marked for deletion is deleted when its claim is gone
    Given the deletion of volume "kept" has been requested
    And pod "writer" is ready
    And the deletion of claim "first" has been requested
    When pod "writer" is deleted
    Then within 10 seconds volume "kept" is deleted

  @needs_containers
  Scenario: A claim marked for deletion accepts no further pod
    Given pod "writer" is ready
    And the deletion of claim "first" has been requested
    When pod "late" is created
    Then within 5 seconds pod "late" is unschedulable, because "is being deleted"
    And for 3 seconds pod "late" is unschedulable
