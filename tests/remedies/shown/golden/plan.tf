# 35 steps as Terraform for the AWS provider, as drscan planned it at 2026-11-21T12:00:00Z.
#
# Move the blocks to where you declare the resources that they belong to. A block that belongs to one which your
# configuration has already (the same bucket, say) is what that one should become. Imports are for what exists and is in
# no state yet: take them out otherwise. What cannot be taken back, and what is for you to decide, is commented out.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.70" }
  }
}

variable "profile_111111111111" {
  type        = string
  default     = null
  description = "AWS profile for account 111111111111"
}

variable "profile_222222222222" {
  type        = string
  default     = null
  description = "AWS profile for account 222222222222"
}

provider "aws" {
  alias               = "a111111111111_us_east_1"
  region              = "us-east-1"
  profile             = var.profile_111111111111
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "a222222222222_eu_west_1"
  region              = "eu-west-1"
  profile             = var.profile_222222222222
  allowed_account_ids = ["222222222222"]
}

# 01  Make Key {orders-copy-key} in 222222222222 eu-west-1  [review]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_kms_key" "orders_copy_key" {
  provider            = aws.a222222222222_eu_west_1
  description         = "For '; touch owned; echo ' $(touch owned) `touch owned` $${aws_s3_bucket.x} %%{if true} \"\\ \n# \u001b[2J\u202e EOF"
  enable_key_rotation = true
  lifecycle {
    prevent_destroy = true
  }
}

# 02  Make Alias alias/orders-copy in 222222222222 eu-west-1  [safe]
# for         a-link-works
resource "aws_kms_alias" "alias_orders_copy" {
  provider      = aws.a222222222222_eu_west_1
  name          = "alias/orders-copy"
  target_key_id = aws_kms_key.orders_copy_key.key_id
}

# 03  Change EnableKeyRotation of 11111111-2222-3333-4444-555555555555 in 111111111111 us-east-1  [safe]
# for         role-has-no-excess
# costs       storage, and a fee by month
# Add to the resource that declares 11111111-2222-3333-4444-555555555555 (the rotation of the key):
#   enable_key_rotation = true

# 04  Change EnableKeyRotation of {orders-copy-key} in 222222222222 eu-west-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
# Said by the resource itself, above.

# 05  Make Bucket orders-logs in 111111111111 us-east-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket" "orders_logs" {
  provider = aws.a111111111111_us_east_1
  bucket   = "orders-logs"
  lifecycle {
    prevent_destroy = true
  }
}

# 06  Make Bucket orders-dr in 222222222222 eu-west-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket" "orders_dr" {
  provider            = aws.a222222222222_eu_west_1
  bucket              = "orders-dr"
  object_lock_enabled = true
  lifecycle {
    prevent_destroy = true
  }
}

# 07  Change PublicAccessBlockConfiguration of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
import {
  to = aws_s3_bucket_public_access_block.orders_data
  id = "orders-data"
}
resource "aws_s3_bucket_public_access_block" "orders_data" {
  provider                = aws.a111111111111_us_east_1
  bucket                  = "orders-data"
  block_public_acls       = false
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# 08  Set Tags of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# Add to the resource that declares orders-data (the tags of the bucket):
#   tags = {
#     "owner" = "'; touch owned; echo ' $(touch owned) `touch owned` $${aws_s3_bucket.x} %%{if true} \"\\ \n# [2J\u202e EOF"
#   }

# 09  Change AccountPublicAccessBlock 111111111111 in 111111111111  [review]
# for         role-has-no-excess
# interrupts  somebody who relies on how it is may be stopped
resource "aws_s3_account_public_access_block" "r_111111111111" {
  provider                = aws.a111111111111_us_east_1
  account_id              = "111111111111"
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# 10  Change OwnershipControls of orders-logs in 111111111111 us-east-1  [review]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
resource "aws_s3_bucket_ownership_controls" "orders_logs" {
  provider = aws.a111111111111_us_east_1
  bucket   = aws_s3_bucket.orders_logs.bucket
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

# 11  Set VersioningConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket_versioning" "orders_data" {
  provider = aws.a111111111111_us_east_1
  bucket   = "orders-data"
  versioning_configuration {
    status = "Enabled"
  }
}

# 12  Change ObjectLockConfiguration of ledger in 111111111111 us-east-1  [irreversible]
# for         role-has-no-excess
# interrupts  somebody who relies on how it is may be stopped
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
# Commented out: it cannot be taken back.
# import {
#   to = aws_s3_bucket_object_lock_configuration.ledger
#   id = "ledger"
# }
# resource "aws_s3_bucket_object_lock_configuration" "ledger" {
#   provider = aws.a111111111111_us_east_1
#   bucket   = "ledger"
#   rule {
#     default_retention {
#       mode = "COMPLIANCE"
#       days = 30
#     }
#   }
# }

# 13  Change ObjectLockConfiguration of orders-dr in 222222222222 eu-west-1  [review]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket_object_lock_configuration" "orders_dr" {
  provider = aws.a222222222222_eu_west_1
  bucket   = aws_s3_bucket.orders_dr.bucket
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}

# 14  Make Role orders-copying in 111111111111  [safe]
# for         a-link-works
resource "aws_iam_role" "orders_copying" {
  provider = aws.a111111111111_us_east_1
  name     = "orders-copying"
  path     = "/drscan/"
  assume_role_policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "s3.amazonaws.com"
        }
        "Action" = "sts:AssumeRole"
      },
    ]
  })
}

# 15  Change AssumeRolePolicyDocument of old-copying in 111111111111  [review]
# for         role-has-no-excess
# interrupts  somebody who relies on how it is may be stopped
# Add to the resource that declares old-copying (the trust policy of the role):
#   assume_role_policy = jsonencode({
#     "Version" = "2012-10-17"
#     "Statement" = [
#       {
#         "Effect" = "Allow"
#         "Principal" = {
#           "Service" = "s3.amazonaws.com"
#         }
#         "Action" = "sts:AssumeRole"
#       },
#     ]
#   })

# 16  Change Policies of old-copying in 111111111111  [review]
# for         role-has-no-excess
# interrupts  somebody who relies on how it is may be stopped
import {
  to = aws_iam_role_policy.old_copying_copy
  id = "old-copying:copy"
}
resource "aws_iam_role_policy" "old_copying_copy" {
  provider = aws.a111111111111_us_east_1
  name     = "copy"
  role     = "old-copying"
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "s3:List*"
        "Resource" = "arn:aws:s3:::a"
      },
    ]
  })
}
resource "aws_iam_role_policy" "old_copying_new" {
  provider = aws.a111111111111_us_east_1
  name     = "new"
  role     = "old-copying"
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "kms:Decrypt"
        "Resource" = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
      },
    ]
  })
}
# By hand: take away the aws_iam_role_policy gone of this role

# 17  Set Policies of orders-copying in 111111111111  [safe]
# for         a-link-works
resource "aws_iam_role_policy" "orders_copying_replication" {
  provider = aws.a111111111111_us_east_1
  name     = "replication"
  role     = aws_iam_role.orders_copying.name
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        "Resource" = "arn:aws:s3:::orders-data"
        "Sid"      = "SourceBucket"
      },
      {
        "Effect"   = "Allow"
        "Action"   = "s3:ReplicateObject"
        "Resource" = "arn:aws:s3:::orders-dr/*"
        "Sid"      = "DestinationObject"
      },
      {
        "Effect"   = "Allow"
        "Action"   = "kms:Encrypt"
        "Resource" = aws_kms_key.orders_copy_key.arn
        "Sid"      = "DestinationKey"
      },
    ]
  })
  depends_on = [aws_s3_bucket.orders_dr, aws_s3_bucket_versioning.orders_data]
}

# 18  Change ManagedPolicyArns of old-copying in 111111111111  [review]
# for         role-has-no-excess
resource "aws_iam_role_policy_attachment" "old_copying_reading" {
  provider   = aws.a111111111111_us_east_1
  role       = "old-copying"
  policy_arn = "arn:aws:iam::111111111111:policy/reading"
  depends_on = [aws_iam_role_policy.old_copying_copy, aws_iam_role_policy.old_copying_new]
}
# By hand: take away the aws_iam_role_policy_attachment of arn:aws:iam::111111111111:policy/writing to this role

# 19  Change PolicyDocument of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
import {
  to = aws_s3_bucket_policy.orders_data
  id = "orders-data"
}
resource "aws_s3_bucket_policy" "orders_data" {
  provider = aws.a111111111111_us_east_1
  bucket   = "orders-data"
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Sid"    = "Neighbour"
        "Effect" = "Allow"
        "Principal" = {
          "AWS" = "arn:aws:iam::111111111111:root"
        }
        "Action"   = "s3:GetObject"
        "Resource" = "arn:aws:s3:::orders-data/$${aws:username}/*"
        "Condition" = {
          "StringEquals" = {
            "aws:PrincipalTag/team" = "'; touch owned; echo ' $(touch owned) `touch owned` $${aws_s3_bucket.x} %%{if true} \"\\ \n# \u001b[2J\u202e EOF"
          }
        }
      },
      {
        "Sid"       = "DenyInsecureTransport"
        "Effect"    = "Deny"
        "Principal" = "*"
        "Action"    = "s3:*"
        "Resource"  = ["arn:aws:s3:::orders-data", "arn:aws:s3:::orders-data/*"]
        "Condition" = {
          "Bool" = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
  depends_on = [aws_s3_bucket_versioning.orders_data]
}

# 20  Change KeyPolicy of 11111111-2222-3333-4444-555555555555 in 111111111111 us-east-1  [review]
# for         role-has-no-excess
# interrupts  somebody who relies on how it is may be stopped
import {
  to = aws_kms_key_policy.r_11111111_2222_3333_4444_555555555555
  id = "11111111-2222-3333-4444-555555555555"
}
resource "aws_kms_key_policy" "r_11111111_2222_3333_4444_555555555555" {
  provider = aws.a111111111111_us_east_1
  key_id   = "11111111-2222-3333-4444-555555555555"
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "kms:*"
        "Resource" = "*"
        "Principal" = {
          "AWS" = "arn:aws:iam::111111111111:root"
        }
        "Sid" = "Any"
      },
    ]
  })
}

# 21  Make BucketPolicy orders-logs in 111111111111 us-east-1  [safe]
# for         a-link-works
resource "aws_s3_bucket_policy" "orders_logs" {
  provider = aws.a111111111111_us_east_1
  bucket   = aws_s3_bucket.orders_logs.bucket
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "s3:PutObject"
        "Resource" = "arn:aws:s3:::orders-logs/*"
        "Principal" = {
          "Service" = "logging.s3.amazonaws.com"
        }
      },
    ]
  })
}

# 22  Make BucketPolicy orders-dr in 222222222222 eu-west-1  [safe]
# for         a-link-works
resource "aws_s3_bucket_policy" "orders_dr" {
  provider = aws.a222222222222_eu_west_1
  bucket   = aws_s3_bucket.orders_dr.bucket
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "s3:ReplicateObject"
        "Resource" = "arn:aws:s3:::orders-dr/*"
        "Principal" = {
          "AWS" = "arn:aws:iam::111111111111:role/drscan/orders-copying"
        }
        "Sid" = "ReplicateInto"
      },
    ]
  })
  depends_on = [aws_iam_role_policy.orders_copying_replication]
}

# 23  Change KeyPolicy of {orders-copy-key} in 222222222222 eu-west-1  [review]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
resource "aws_kms_key_policy" "orders_copy_key" {
  provider = aws.a222222222222_eu_west_1
  key_id   = aws_kms_key.orders_copy_key.key_id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect"   = "Allow"
        "Action"   = "kms:*"
        "Resource" = "*"
        "Principal" = {
          "AWS" = "arn:aws:iam::222222222222:root"
        }
        "Sid" = "Owner"
      },
      {
        "Effect"   = "Allow"
        "Action"   = "kms:Encrypt"
        "Resource" = "*"
        "Principal" = {
          "AWS" = "arn:aws:iam::111111111111:role/drscan/orders-copying"
        }
        "Sid" = "ReplicateInto"
      },
    ]
  })
  depends_on = [aws_iam_role_policy.orders_copying_replication]
}

# 24  Make Topic orders-alarms in 111111111111 us-east-1  [safe]
# for         a-link-works
resource "aws_sns_topic" "orders_alarms" {
  provider = aws.a111111111111_us_east_1
  name     = "orders-alarms"
}

# 25  Make TopicPolicy orders-alarms in 111111111111 us-east-1  [safe]
# for         a-link-works
resource "aws_sns_topic_policy" "orders_alarms" {
  provider = aws.a111111111111_us_east_1
  arn      = aws_sns_topic.orders_alarms.arn
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "cloudwatch.amazonaws.com"
        }
        "Action"   = "sns:Publish"
        "Resource" = "arn:aws:sns:us-east-1:111111111111:orders-alarms"
      },
    ]
  })
}

# 26  Make Subscription orders-alarms:email:on-call@example.com in 111111111111 us-east-1  [safe]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_sns_topic_subscription" "orders_alarms_email_on_call_example_com" {
  provider   = aws.a111111111111_us_east_1
  topic_arn  = "arn:aws:sns:us-east-1:111111111111:orders-alarms"
  protocol   = "email"
  endpoint   = "on-call@example.com"
  depends_on = [aws_sns_topic_policy.orders_alarms]
}

# 27  Set BucketEncryption of orders-dr in 222222222222 eu-west-1  [review]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket_server_side_encryption_configuration" "orders_dr" {
  provider = aws.a222222222222_eu_west_1
  bucket   = aws_s3_bucket.orders_dr.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.orders_copy_key.arn
    }
    bucket_key_enabled = true
  }
  depends_on = [aws_kms_key_policy.orders_copy_key]
}

# 28  Set LoggingConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
resource "aws_s3_bucket_logging" "orders_data" {
  provider      = aws.a111111111111_us_east_1
  bucket        = "orders-data"
  target_bucket = "orders-logs"
  target_prefix = "data/"
  depends_on    = [aws_s3_bucket_versioning.orders_data, aws_s3_bucket_policy.orders_logs]
}

# 29  Set ReplicationConfiguration of orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
resource "aws_s3_bucket_replication_configuration" "orders_data" {
  provider = aws.a111111111111_us_east_1
  bucket   = "orders-data"
  role     = "arn:aws:iam::111111111111:role/drscan/orders-copying"
  rule {
    id       = "to-dr"
    priority = 1
    status   = "Enabled"
    filter {
      and {
        prefix = "a/"
        tags = {
          "k" = "v"
        }
      }
    }
    delete_marker_replication {
      status = "Disabled"
    }
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket  = "arn:aws:s3:::orders-dr"
      account = "222222222222"
      access_control_translation {
        owner = "Destination"
      }
      encryption_configuration {
        replica_kms_key_id = aws_kms_key.orders_copy_key.arn
      }
      metrics {
        status = "Enabled"
        event_threshold {
          minutes = 15
        }
      }
      replication_time {
        status = "Enabled"
        time {
          minutes = 15
        }
      }
    }
  }
  depends_on = [
    aws_s3_bucket_object_lock_configuration.orders_dr,
    aws_s3_bucket_policy.orders_dr,
    aws_s3_bucket_server_side_encryption_configuration.orders_dr,
  ]
}

# 30  Set MetricsConfigurations of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
resource "aws_s3_bucket_metric" "orders_data_EntireBucket" {
  provider   = aws.a111111111111_us_east_1
  bucket     = "orders-data"
  name       = "EntireBucket"
  depends_on = [aws_s3_bucket_replication_configuration.orders_data]
}
resource "aws_s3_bucket_metric" "orders_data_some" {
  provider = aws.a111111111111_us_east_1
  bucket   = "orders-data"
  name     = "some"
  filter {
    prefix = "a/"
  }
  depends_on = [aws_s3_bucket_replication_configuration.orders_data]
}

# 31  Set LifecycleConfiguration of orders-data in 111111111111 us-east-1  [manual]
# for         a-link-works
# interrupts  somebody who relies on how it is may be stopped
# Commented out: it is for you to decide.
# resource "aws_s3_bucket_lifecycle_configuration" "orders_data" {
#   provider                               = aws.a111111111111_us_east_1
#   bucket                                 = "orders-data"
#   transition_default_minimum_object_size = "all_storage_classes_128K"
#   rule {
#     id     = "old"
#     status = "Enabled"
#     filter {}
#     noncurrent_version_expiration {
#       noncurrent_days = 90
#     }
#   }
#   rule {
#     id     = "cold"
#     status = "Enabled"
#     filter {
#       prefix = "a/"
#     }
#     transition {
#       storage_class = "GLACIER"
#       days          = 30
#     }
#   }
#   depends_on = [aws_s3_bucket_replication_configuration.orders_data]
# }

# 32  Set NotificationConfiguration of orders-data in 111111111111 us-east-1  [safe]
# for         a-link-works
resource "aws_s3_bucket_notification" "orders_data" {
  provider    = aws.a111111111111_us_east_1
  bucket      = "orders-data"
  eventbridge = true
  topic {
    topic_arn     = "arn:aws:sns:us-east-1:111111111111:orders-alarms"
    events        = ["s3:Replication:OperationFailedReplication"]
    filter_prefix = "a/"
  }
  depends_on = [aws_sns_topic_policy.orders_alarms, aws_s3_bucket_replication_configuration.orders_data]
}

# 33  Change Alarm late in 111111111111 us-east-1  [safe]
# for         role-has-no-excess
import {
  to = aws_cloudwatch_metric_alarm.late
  id = "late"
}
resource "aws_cloudwatch_metric_alarm" "late" {
  provider            = aws.a111111111111_us_east_1
  alarm_name          = "late"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:us-east-1:111111111111:orders-alarms"]
  comparison_operator = "GreaterThanThreshold"
  dimensions = {
    "SourceBucket" = "orders-data"
    "RuleId"       = "to-dr"
  }
  evaluation_periods = 1
  metric_name        = "OperationsFailedReplication"
  namespace          = "AWS/S3"
  period             = 60
  statistic          = "Sum"
  threshold          = 0.0
  treat_missing_data = "notBreaching"
  depends_on         = [aws_sns_topic_policy.orders_alarms]
}

# 34  Make Alarm orders-failed in 111111111111 us-east-1  [safe]
# for         a-link-works
# costs       storage, and a fee by month
resource "aws_cloudwatch_metric_alarm" "orders_failed" {
  provider            = aws.a111111111111_us_east_1
  alarm_name          = "orders-failed"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:us-east-1:111111111111:orders-alarms"]
  comparison_operator = "GreaterThanThreshold"
  dimensions = {
    "SourceBucket" = "orders-data"
    "RuleId"       = "to-dr"
  }
  evaluation_periods = 1
  metric_name        = "OperationsFailedReplication"
  namespace          = "AWS/S3"
  period             = 60
  statistic          = "Sum"
  threshold          = 0.0
  treat_missing_data = "notBreaching"
  depends_on         = [aws_sns_topic_policy.orders_alarms]
}

# 35  Make BatchReplicationJob job for orders-data in 111111111111 us-east-1  [review]
# for         a-link-works
# costs       storage, and a fee by month
# undoing     what was written meanwhile stays as it was written; what was written meanwhile stays as it was written;
#             what was written meanwhile stays as it was written
# By hand: Terraform has no resource for this; the call is shown by: drscan fix plan --format cli
