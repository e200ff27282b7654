@upstream @needs_csi @needs_volume_attributes
Feature: A claim changes its VolumeAttributesClass and keeps its volume
  The performance of a volume can be changed while it is in use, with another VolumeAttributesClass.
  See https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/

  Scenario: A claim gets another VolumeAttributesClass while its pod runs on
    Given StatefulSet "vault" with 1 ready replica
    When claim "data-vault-0" requests another VolumeAttributesClass
    Then within 120 seconds claim "data-vault-0" has another VolumeAttributesClass
    And for 3 seconds no pod of "vault" is replaced
    And at no time since the scenario began did a replica of "vault" lose its claim
