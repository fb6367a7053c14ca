import type { Operations } from '../call'
import {
  createBucket,
  deleteBucket,
  deleteBucketPolicy,
  getBucketEncryption,
  getBucketLocation,
  getBucketPolicy,
  headBucket,
  listBuckets,
  putBucketEncryption,
  putBucketPolicy,
} from './buckets'
import { listObjects, listObjectsV2 } from './list'
import { deleteObject, getObject, headObject, putObject } from './objects'

export const s3Operations: Operations = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  DeleteBucket: deleteBucket,
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketPolicy: getBucketPolicy,
  PutBucketPolicy: putBucketPolicy,
  DeleteBucketPolicy: deleteBucketPolicy,
  GetBucketEncryption: getBucketEncryption,
  PutBucketEncryption: putBucketEncryption,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  GetObject: getObject,
  HeadObject: headObject,
  PutObject: putObject,
  DeleteObject: deleteObject,
}
