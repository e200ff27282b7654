Feature: A replica without a volume stays pending and says why
  When the volumes run out a replica must not start on nothing: it waits, whoever looks sees the reason, and it goes on
  as soon as there is a volume.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding

  Scenario: A replica whose claim finds no volume does not start
    When StatefulSet "web" is applied with 1 replica
    Then within 30 seconds claim "www-web-0" is pending
    And within 30 seconds pod "web-0" is waiting for its claim
    And for 4 seconds claim "www-web-0" is pending

  Scenario: A volume that is added later lets the replica start
    Given StatefulSet "web" with 1 replica waiting for its claim
    When "pv101" is created
    Then within 60 seconds pod "web-0" is ready
    And claim "www-web-0" is bound to volume "pv101"
