/** The Region whose endpoint serves what has no Region: IAM, Organizations, Account. */
export function homeRegion(partition: string): string {
  if (process.env.AWS_REGION && partition === 'aws') return process.env.AWS_REGION
  return { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }[partition] ?? 'us-east-1'
}
