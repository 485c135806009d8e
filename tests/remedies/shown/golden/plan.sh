#!/bin/sh
# 35 steps on 2 accounts, as drscan planned it at 2026-11-21T12:00:00Z.
#
# Name a profile of the AWS CLI for each account, and run it once:
#
#   PROFILE_111111111111=... PROFILE_222222222222=... sh plan.sh
#
# It stops at the first call that fails; it does not look whether things are still as the plan found them, keeps no
# journal and cannot go on or back. `drscan fix apply` does all of that. What cannot be taken back, and what is for you
# to decide, is commented out, together with the steps that need it.
set -eu
AWS_PAGER=''
export AWS_PAGER

profile_is_in() {
    found=$(aws sts get-caller-identity --profile "$2" --region "$3" --query Account --output text)
    [ "$found" = "$1" ] || { echo "profile $2 is in account $found, not in $1" >&2; exit 1; }
}
profile_is_in 111111111111 "${PROFILE_111111111111:?name a profile}" us-east-1
profile_is_in 222222222222 "${PROFILE_222222222222:?name a profile}" eu-west-1

# 01  Make Key {orders-copy-key} in 222222222222 eu-west-1  [review]
# for         a-link-works
# by          kms:CreateKey
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
made=$(aws kms create-key --profile "$PROFILE_222222222222" --region eu-west-1 --query '[KeyMetadata.Arn, KeyMetadata.KeyId]' --output text --cli-input-json '{
  "Description": "For '"'"'; touch owned; echo '"'"' $(touch owned) `touch owned` ${aws_s3_bucket.x} %{if true} \"\\ \n# \u001b[2J\u202e EOF",
  "Tags": [
    {
      "TagKey": "drscan:made-for",
      "TagValue": "orders-copy-key"
    }
  ]
}')
read -r made_orders_copy_key__arn made_orders_copy_key__keyid <<EOF
$made
EOF

# 02  Make Alias alias/orders-copy in 222222222222 eu-west-1  [safe]
# for         a-link-works
# by          kms:CreateAlias
# after       01
aws kms create-alias --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "AliasName": "alias/orders-copy",
  "TargetKeyId": "'"$made_orders_copy_key__keyid"'"
}'

# 03  Change EnableKeyRotation of 11111111-2222-3333-4444-555555555555 in 111111111111 us-east-1  [safe]
# for         role-has-no-excess
# by          kms:EnableKeyRotation
# costs       storage, and a fee by month
aws kms enable-key-rotation --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "KeyId": "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
}'

# 04  Change EnableKeyRotation of {orders-copy-key} in 222222222222 eu-west-1  [safe]
# for         a-link-works
# by          kms:EnableKeyRotation
# after       01
# costs       storage, and a fee by month
aws kms enable-key-rotation --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "KeyId": "'"$made_orders_copy_key__arn"'"
}'

# 05  Make Bucket orders-logs in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:CreateBucket
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api create-bucket --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-logs",
  "ObjectOwnership": "BucketOwnerEnforced"
}'

# 06  Make Bucket orders-dr in 222222222222 eu-west-1  [safe]
# for         a-link-works
# by          s3:CreateBucket
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api create-bucket --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "Bucket": "orders-dr",
  "ObjectOwnership": "BucketOwnerEnforced",
  "CreateBucketConfiguration": {
    "LocationConstraint": "eu-west-1"
  },
  "ObjectLockEnabledForBucket": true
}'

# 07  Change PublicAccessBlockConfiguration of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# by          s3:PutPublicAccessBlock (needs s3:PutBucketPublicAccessBlock)
# interrupts  somebody who relies on how it is may be stopped
aws s3api put-public-access-block --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "PublicAccessBlockConfiguration": {
    "BlockPublicAcls": false,
    "BlockPublicPolicy": true,
    "IgnorePublicAcls": true,
    "RestrictPublicBuckets": true
  }
}'

# 08  Set Tags of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketTagging
aws s3api put-bucket-tagging --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "Tagging": {
    "TagSet": [
      {
        "Key": "owner",
        "Value": "'"'"'; touch owned; echo '"'"' $(touch owned) `touch owned` ${aws_s3_bucket.x} %{if true} \"\\ \n# [2J\u202e EOF"
      }
    ]
  }
}'

# 09  Change AccountPublicAccessBlock 111111111111 in 111111111111  [review]
# for         role-has-no-excess
# by          s3control:PutPublicAccessBlock (needs s3:PutAccountPublicAccessBlock)
# interrupts  somebody who relies on how it is may be stopped
aws s3control put-public-access-block --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "AccountId": "111111111111",
  "PublicAccessBlockConfiguration": {
    "BlockPublicAcls": true,
    "BlockPublicPolicy": true,
    "IgnorePublicAcls": true,
    "RestrictPublicBuckets": true
  }
}'

# 10  Change OwnershipControls of orders-logs in 111111111111 us-east-1  [review]
# for         a-link-works
# by          s3:PutBucketOwnershipControls
# after       05
# interrupts  somebody who relies on how it is may be stopped
aws s3api put-bucket-ownership-controls --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-logs",
  "ExpectedBucketOwner": "111111111111",
  "OwnershipControls": {
    "Rules": [
      {
        "ObjectOwnership": "BucketOwnerPreferred"
      }
    ]
  }
}'

# 11  Set VersioningConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketVersioning
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api put-bucket-versioning --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "VersioningConfiguration": {
    "Status": "Enabled"
  }
}'

# 12  Change ObjectLockConfiguration of ledger in 111111111111 us-east-1  [irreversible]
# for         role-has-no-excess
# by          s3:PutObjectLockConfiguration (needs s3:PutBucketObjectLockConfiguration)
# interrupts  somebody who relies on how it is may be stopped
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
# Left out: it cannot be taken back.
# aws s3api put-object-lock-configuration --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
#   "Bucket": "ledger",
#   "ExpectedBucketOwner": "111111111111",
#   "ObjectLockConfiguration": {
#     "ObjectLockEnabled": "Enabled",
#     "Rule": {
#       "DefaultRetention": {
#         "Mode": "COMPLIANCE",
#         "Days": 30
#       }
#     }
#   }
# }'

# 13  Change ObjectLockConfiguration of orders-dr in 222222222222 eu-west-1  [review]
# for         a-link-works
# by          s3:PutObjectLockConfiguration (needs s3:PutBucketObjectLockConfiguration)
# after       06
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api put-object-lock-configuration --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "Bucket": "orders-dr",
  "ExpectedBucketOwner": "222222222222",
  "ObjectLockConfiguration": {
    "ObjectLockEnabled": "Enabled",
    "Rule": {
      "DefaultRetention": {
        "Mode": "GOVERNANCE",
        "Days": 30
      }
    }
  }
}'

# 14  Make Role orders-copying in 111111111111  [safe]
# for         a-link-works
# by          iam:CreateRole
aws iam create-role --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "orders-copying",
  "Path": "/drscan/",
  "AssumeRolePolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"s3.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}"
}'

# IAM tells other services of a new role within seconds, not at once.
sleep 15

# 15  Change AssumeRolePolicyDocument of old-copying in 111111111111  [review]
# for         role-has-no-excess
# by          iam:UpdateAssumeRolePolicy
# interrupts  somebody who relies on how it is may be stopped
aws iam update-assume-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"s3.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}"
}'

# 16  Change Policies of old-copying in 111111111111  [review]
# for         role-has-no-excess
# by          iam:PutRolePolicy, iam:DeleteRolePolicy
# interrupts  somebody who relies on how it is may be stopped
aws iam put-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyName": "copy",
  "PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:List*\", \"Resource\": \"arn:aws:s3:::a\"}]}"
}'
aws iam put-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyName": "new",
  "PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:Decrypt\", \"Resource\": \"arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555\"}]}"
}'
aws iam delete-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyName": "gone"
}'

# 17  Set Policies of orders-copying in 111111111111  [safe]
# for         a-link-works
# by          iam:PutRolePolicy
# after       01, 06, 11, 14
aws iam put-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "orders-copying",
  "PolicyName": "replication",
  "PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetReplicationConfiguration\", \"s3:ListBucket\"], \"Resource\": \"arn:aws:s3:::orders-data\", \"Sid\": \"SourceBucket\"}, {\"Effect\": \"Allow\", \"Action\": \"s3:ReplicateObject\", \"Resource\": \"arn:aws:s3:::orders-dr/*\", \"Sid\": \"DestinationObject\"}, {\"Effect\": \"Allow\", \"Action\": \"kms:Encrypt\", \"Resource\": \"'"$made_orders_copy_key__arn"'\", \"Sid\": \"DestinationKey\"}]}"
}'

# 18  Change ManagedPolicyArns of old-copying in 111111111111  [review]
# for         role-has-no-excess
# by          iam:AttachRolePolicy, iam:DetachRolePolicy
# after       15, 16
aws iam attach-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyArn": "arn:aws:iam::111111111111:policy/reading"
}'
aws iam detach-role-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "RoleName": "old-copying",
  "PolicyArn": "arn:aws:iam::111111111111:policy/writing"
}'

# 19  Change PolicyDocument of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# by          s3:PutBucketPolicy
# after       11
# interrupts  somebody who relies on how it is may be stopped
aws s3api put-bucket-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Neighbour\", \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:root\"}, \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::orders-data/${aws:username}/*\", \"Condition\": {\"StringEquals\": {\"aws:PrincipalTag/team\": \"'"'"'; touch owned; echo '"'"' $(touch owned) `touch owned` ${aws_s3_bucket.x} %{if true} \\\"\\\\ \\n# \\u001b[2J\\u202e EOF\"}}}, {\"Sid\": \"DenyInsecureTransport\", \"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::orders-data\", \"arn:aws:s3:::orders-data/*\"], \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"
}'

# 20  Change KeyPolicy of 11111111-2222-3333-4444-555555555555 in 111111111111 us-east-1  [review]
# for         role-has-no-excess
# by          kms:PutKeyPolicy
# interrupts  somebody who relies on how it is may be stopped
aws kms put-key-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "KeyId": "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555",
  "PolicyName": "default",
  "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:*\", \"Resource\": \"*\", \"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:root\"}, \"Sid\": \"Any\"}]}"
}'

# 21  Make BucketPolicy orders-logs in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketPolicy
# after       05
aws s3api put-bucket-policy --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-logs",
  "ExpectedBucketOwner": "111111111111",
  "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\", \"Resource\": \"arn:aws:s3:::orders-logs/*\", \"Principal\": {\"Service\": \"logging.s3.amazonaws.com\"}}]}"
}'

# 22  Make BucketPolicy orders-dr in 222222222222 eu-west-1  [safe]
# for         a-link-works
# by          s3:PutBucketPolicy
# after       17
aws s3api put-bucket-policy --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "Bucket": "orders-dr",
  "ExpectedBucketOwner": "222222222222",
  "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:ReplicateObject\", \"Resource\": \"arn:aws:s3:::orders-dr/*\", \"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/drscan/orders-copying\"}, \"Sid\": \"ReplicateInto\"}]}"
}'

# 23  Change KeyPolicy of {orders-copy-key} in 222222222222 eu-west-1  [review]
# for         a-link-works
# by          kms:PutKeyPolicy
# after       17
# interrupts  somebody who relies on how it is may be stopped
aws kms put-key-policy --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "KeyId": "'"$made_orders_copy_key__arn"'",
  "PolicyName": "default",
  "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:*\", \"Resource\": \"*\", \"Principal\": {\"AWS\": \"arn:aws:iam::222222222222:root\"}, \"Sid\": \"Owner\"}, {\"Effect\": \"Allow\", \"Action\": \"kms:Encrypt\", \"Resource\": \"*\", \"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/drscan/orders-copying\"}, \"Sid\": \"ReplicateInto\"}]}"
}'

# 24  Make Topic orders-alarms in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          sns:CreateTopic
aws sns create-topic --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Name": "orders-alarms"
}'

# 25  Make TopicPolicy orders-alarms in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          sns:SetTopicAttributes
# after       24
aws sns set-topic-attributes --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "TopicArn": "arn:aws:sns:us-east-1:111111111111:orders-alarms",
  "AttributeName": "Policy",
  "AttributeValue": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"cloudwatch.amazonaws.com\"}, \"Action\": \"sns:Publish\", \"Resource\": \"arn:aws:sns:us-east-1:111111111111:orders-alarms\"}]}"
}'

# 26  Make Subscription orders-alarms:email:on-call@example.com in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          sns:Subscribe
# after       25
# interrupts  somebody who relies on how it is may be stopped
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws sns subscribe --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "TopicArn": "arn:aws:sns:us-east-1:111111111111:orders-alarms",
  "Protocol": "email",
  "Endpoint": "on-call@example.com"
}'

# 27  Set BucketEncryption of orders-dr in 222222222222 eu-west-1  [review]
# for         a-link-works
# by          s3:PutBucketEncryption (needs s3:PutEncryptionConfiguration)
# after       23
# interrupts  somebody who relies on how it is may be stopped
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api put-bucket-encryption --profile "$PROFILE_222222222222" --region eu-west-1 --cli-input-json '{
  "Bucket": "orders-dr",
  "ExpectedBucketOwner": "222222222222",
  "ServerSideEncryptionConfiguration": {
    "Rules": [
      {
        "ApplyServerSideEncryptionByDefault": {
          "SSEAlgorithm": "aws:kms",
          "KMSMasterKeyID": "'"$made_orders_copy_key__arn"'"
        },
        "BucketKeyEnabled": true
      }
    ]
  }
}'

# 28  Set LoggingConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketLogging
# after       11, 21
# costs       storage, and a fee by month
aws s3api put-bucket-logging --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "BucketLoggingStatus": {
    "LoggingEnabled": {
      "TargetBucket": "orders-logs",
      "TargetPrefix": "data/"
    }
  }
}'

# 29  Set ReplicationConfiguration of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# by          s3:PutBucketReplication (needs s3:PutReplicationConfiguration)
# after       13, 22, 27
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
aws s3api put-bucket-replication --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "ReplicationConfiguration": {
    "Role": "arn:aws:iam::111111111111:role/drscan/orders-copying",
    "Rules": [
      {
        "Priority": 1,
        "Status": "Enabled",
        "DeleteMarkerReplication": {
          "Status": "Disabled"
        },
        "SourceSelectionCriteria": {
          "SseKmsEncryptedObjects": {
            "Status": "Enabled"
          }
        },
        "Destination": {
          "Bucket": "arn:aws:s3:::orders-dr",
          "Account": "222222222222",
          "AccessControlTranslation": {
            "Owner": "Destination"
          },
          "EncryptionConfiguration": {
            "ReplicaKmsKeyID": "'"$made_orders_copy_key__arn"'"
          },
          "Metrics": {
            "Status": "Enabled",
            "EventThreshold": {
              "Minutes": 15
            }
          },
          "ReplicationTime": {
            "Status": "Enabled",
            "Time": {
              "Minutes": 15
            }
          }
        },
        "ID": "to-dr",
        "Filter": {
          "And": {
            "Prefix": "a/",
            "Tags": [
              {
                "Key": "k",
                "Value": "v"
              }
            ]
          }
        }
      }
    ]
  }
}'

# 30  Set MetricsConfigurations of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketMetricsConfiguration (needs s3:PutMetricsConfiguration)
# after       29
# costs       storage, and a fee by month
aws s3api put-bucket-metrics-configuration --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "Id": "EntireBucket",
  "MetricsConfiguration": {
    "Id": "EntireBucket"
  }
}'
aws s3api put-bucket-metrics-configuration --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "Id": "some",
  "MetricsConfiguration": {
    "Id": "some",
    "Filter": {
      "Prefix": "a/"
    }
  }
}'

# 31  Set LifecycleConfiguration of orders-data in 111111111111 us-east-1  [manual]
# for         a-link-works
# by          s3:PutBucketLifecycleConfiguration (needs s3:PutLifecycleConfiguration)
# after       29
# interrupts  somebody who relies on how it is may be stopped
# Left out: it is for you to decide.
# aws s3api put-bucket-lifecycle-configuration --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
#   "Bucket": "orders-data",
#   "ExpectedBucketOwner": "111111111111",
#   "LifecycleConfiguration": {
#     "Rules": [
#       {
#         "ID": "old",
#         "Status": "Enabled",
#         "Filter": {
#           "Prefix": ""
#         },
#         "NoncurrentVersionExpiration": {
#           "NoncurrentDays": 90
#         }
#       },
#       {
#         "ID": "cold",
#         "Status": "Enabled",
#         "Filter": {
#           "Prefix": "a/"
#         },
#         "Transitions": [
#           {
#             "StorageClass": "GLACIER",
#             "Days": 30
#           }
#         ]
#       }
#     ]
#   },
#   "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"
# }'

# 32  Set NotificationConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          s3:PutBucketNotificationConfiguration (needs s3:PutBucketNotification)
# after       25, 29
aws s3api put-bucket-notification-configuration --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "Bucket": "orders-data",
  "ExpectedBucketOwner": "111111111111",
  "NotificationConfiguration": {
    "TopicConfigurations": [
      {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:orders-alarms",
        "Events": [
          "s3:Replication:OperationFailedReplication"
        ],
        "Filter": {
          "Key": {
            "FilterRules": [
              {
                "Name": "prefix",
                "Value": "a/"
              }
            ]
          }
        }
      }
    ],
    "EventBridgeConfiguration": {}
  }
}'

# 33  Change Alarm late in 111111111111 us-east-1  [safe]
# for         role-has-no-excess
# by          cloudwatch:PutMetricAlarm
# after       25
aws cloudwatch put-metric-alarm --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "AlarmName": "late",
  "ActionsEnabled": true,
  "AlarmActions": [
    "arn:aws:sns:us-east-1:111111111111:orders-alarms"
  ],
  "ComparisonOperator": "GreaterThanThreshold",
  "Dimensions": [
    {
      "Name": "SourceBucket",
      "Value": "orders-data"
    },
    {
      "Name": "RuleId",
      "Value": "to-dr"
    }
  ],
  "EvaluationPeriods": 1,
  "MetricName": "OperationsFailedReplication",
  "Namespace": "AWS/S3",
  "Period": 60,
  "Statistic": "Sum",
  "Threshold": 0.0,
  "TreatMissingData": "notBreaching"
}'

# 34  Make Alarm orders-failed in 111111111111 us-east-1  [safe]
# for         a-link-works
# by          cloudwatch:PutMetricAlarm
# after       25
# costs       storage, and a fee by month
aws cloudwatch put-metric-alarm --profile "$PROFILE_111111111111" --region us-east-1 --cli-input-json '{
  "AlarmName": "orders-failed",
  "ActionsEnabled": true,
  "AlarmActions": [
    "arn:aws:sns:us-east-1:111111111111:orders-alarms"
  ],
  "ComparisonOperator": "GreaterThanThreshold",
  "Dimensions": [
    {
      "Name": "SourceBucket",
      "Value": "orders-data"
    },
    {
      "Name": "RuleId",
      "Value": "to-dr"
    }
  ],
  "EvaluationPeriods": 1,
  "MetricName": "OperationsFailedReplication",
  "Namespace": "AWS/S3",
  "Period": 60,
  "Statistic": "Sum",
  "Threshold": 0.0,
  "TreatMissingData": "notBreaching"
}'

# 35  Make BatchReplicationJob job for orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# by          s3control:CreateJob (needs s3:CreateJob)
# after       19, 32
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was
#             written; what was written meanwhile stays as it was written
made=$(aws s3control create-job --profile "$PROFILE_111111111111" --region us-east-1 --query '[JobId]' --output text --cli-input-json '{
  "AccountId": "111111111111",
  "ClientRequestToken": "59c690eaa3e9f4739f9853f68c28913a484a6fe61d5d491aef02447d7f8c6ca5",
  "ManifestGenerator": {
    "S3JobManifestGenerator": {
      "SourceBucket": "arn:aws:s3:::orders-data",
      "EnableManifestOutput": false
    }
  },
  "Operation": {
    "S3ReplicateObject": {}
  },
  "Priority": 1,
  "Report": {
    "Enabled": false
  },
  "RoleArn": "arn:aws:iam::111111111111:role/drscan/orders-copying"
}')
read -r made_orders_job__jobid <<EOF
$made
EOF
