@exclusive @needs_go_between
Feature: A controller that is behind does nothing that was not asked for
  A controller acts on what it has been told, and may be told late. Until then it must not take what it does not see
  for what there is not. When it has caught up it goes on where it was, in the same order.

  Rule: What it does not see it does not make twice, and does not pass over

    Scenario: No replica is started while the one before is not seen to be ready
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager sees nothing new of pods
      When StatefulSet "nginx-web" is scaled to 3
      Then within 10 seconds pod "nginx-web-1" is ready
      And for 4 seconds pods "nginx-web-0" and "nginx-web-1" are the only pods of "nginx-web"

    Scenario: A start goes on in order when the pods are seen again
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager sees nothing new of pods
      And scaling "nginx-web" to 3 has been requested
      When the controller manager sees pods as they are again
      Then within 40 seconds all 3 replicas of "nginx-web" are ready
      And at no time since the scenario began did "nginx-web" start a replica out of order

    Scenario: Replicas are started in order by a controller that sees them late
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager sees pods 2 seconds late
      When StatefulSet "nginx-web" is scaled to 3
      Then within 40 seconds all 3 replicas of "nginx-web" are ready
      And pods "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready

    Scenario: A rollout replaces one replica after another however late they are seen
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the controller manager sees pods 1 second late
      When version "v2" of "nginx-web" is rolled out
      Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

    Scenario: A rollout starts with the revision it made, though it does not see it
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the controller manager sees nothing new of controller revisions
      When version "v2" of "nginx-web" is rolled out
      Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" make two revisions of one version

  Rule: What happened meanwhile, and is told as one change, is carried out all the same

    Scenario: A rollout whose first steps were not seen ends in order
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the controller manager misses what happens to pods
      And the rollout of version "v2" of "nginx-web" has been requested
      When the controller manager sees pods as they are again
      Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

    Scenario: A start whose steps were not seen goes on in order
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager misses what happens to pods
      And scaling "nginx-web" to 3 has been requested
      When the controller manager sees pods as they are again
      Then within 40 seconds all 3 replicas of "nginx-web" are ready
      And at no time since the scenario began did "nginx-web" start a replica out of order

  Rule: A controller that is thrown back in time destroys nothing

    @known_broken
    Scenario: A controller that sees an older set deletes no pod of the newer one
      Given StatefulSet "nginx-web" with 1 ready replica
      And StatefulSet "nginx-web" has been scaled to 3
      When the controller manager is restarted and sees StatefulSets as they were at the beginning
      Then for 20 seconds "nginx-web" has 3 pods

    @known_broken
    Scenario: A controller that sees older pods deletes none of the newer ones
      Given StatefulSet "nginx-web" with 2 ready replicas
      And version "v2" of "nginx-web" has been rolled out
      When the controller manager is restarted and sees pods as they were at the beginning
      Then for 20 seconds no pod of "nginx-web" is replaced
