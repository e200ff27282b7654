@upstream @needs_containers @needs_common_folder @needs_recycler
Feature: A recycled volume is emptied and available again
  The next owner of a volume must not find the data of the previous one.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recycle

  Background:
    Given claim "first" is bound to volume "scrubbed"
    And pod "writer" has written to its volume and been deleted

  Scenario: A volume that is recycled is available again
    When claim "first" is deleted
    Then within 30 seconds volume "scrubbed" is available

  Scenario: A volume that was recycled is empty
    Given claim "first" has been deleted, and volume "scrubbed" is available again
    When pod "reader" is created with claim "next"
    Then within 30 seconds pod "reader" is ready
    And the volume of pod "reader" is empty
