@upstream
Feature: A replica is available only after minReadySeconds
  A server may crash again right after its start. With minReadySeconds the set waits that long between two replicas, and
  reports as available only what has been ready for that long.

  Rule: The next replica moves only after the previous one is available

    Scenario: The next replica starts once the one before has been available
      When StatefulSet "nginx-web" is applied with 3 replicas and minReadySeconds 4
      Then within 90 seconds all 3 replicas of "nginx-web" are ready
      And at no time since the scenario began did "nginx-web" start a replica out of order

    Scenario: The next replica is updated once the one before is available
      Given StatefulSet "nginx-web" with 2 ready replicas and minReadySeconds 4
      When version "v2" of "nginx-web" is rolled out
      Then within 90 seconds all 2 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

  Rule: A set reports as available only what has been ready for long enough

    Scenario: Replicas are not available before minReadySeconds have passed
      Given StatefulSet "nginx-web" with 2 ready replicas
      When StatefulSet "nginx-web" is updated to minReadySeconds 3600
      Then within 10 seconds "nginx-web" reports 0 available replicas
      And for 5 seconds "nginx-web" reports 0 available replicas

    Scenario: Replicas are available as soon as minReadySeconds is lowered
      Given StatefulSet "nginx-web" with 2 ready replicas
      And StatefulSet "nginx-web" has been updated to minReadySeconds 3600
      And StatefulSet "nginx-web" reports 0 available replicas
      When StatefulSet "nginx-web" is updated to minReadySeconds 0
      Then within 10 seconds "nginx-web" reports 2 available replicas
