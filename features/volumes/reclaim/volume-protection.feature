@upstream
Feature: A volume stays as long as a claim has it
  Somebody deletes the wrong volume, or the claim of a pod that runs. What is in use stays, and goes when its user goes;
  but nothing new may begin to use it. The claim asks for so little that it takes the smaller volume.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection

  Background:
    Given volumes "kept" and "large" are available
    And claim "first" is bound

  Scenario: A volume in use is not removed, and one that nobody uses is
    When volumes "kept" and "large" are deleted
    Then within 5 seconds volume "large" is deleted
    And for 3 seconds volume "kept" exists

  @needs_containers
  Scenario: A volume whose deletion was asked for goes when its user has gone
    Given the deletion of volume "kept" has been requested
    And pod "writer" is ready
    And the deletion of claim "first" has been requested
    When pod "writer" is deleted
    Then within 10 seconds volume "kept" is deleted

  @needs_containers
  Scenario: A claim that is to go takes no further pod
    Given pod "writer" is ready
    And the deletion of claim "first" has been requested
    When pod "late" is created
    Then within 5 seconds pod "late" is unschedulable, because "is being deleted"
    And for 3 seconds pod "late" is unschedulable
