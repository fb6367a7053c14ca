'use client'

import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { AskedKey } from '@/lib/changes/request/askable'
import { isSymmetric } from '@/lib/kms/grant-operations'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { GranteeField, ServiceField } from './grantee-field'
import { OperationsField } from './operations-field'
import { PairsField } from './pairs-field'
import type { GrantValues } from './values'

type Props = { grant: GrantValues; onChange: (changed: Partial<GrantValues>) => void }

/** Every part of a grant by hand. */
export function FreeGrant({ grant, onChange }: Props) {
  const isService = grant.granteeIs === 'service'
  const grantee = {
    value: grant.grantee,
    onChange: (value: string) => onChange({ grantee: value }),
  }
  const at = ['input.granteePrincipal', 'input.granteeServicePrincipal']
  return (
    <SpaceBetween size="m">
      <Field label="For" at={[]}>
        <RadioGroup
          ariaLabel="For"
          value={grant.granteeIs}
          onChange={({ detail }) =>
            onChange(
              detail.value === 'service'
                ? {
                    granteeIs: 'service',
                    retiringIs: grant.retiringIs === 'nobody' ? 'service' : grant.retiringIs,
                  }
                : { granteeIs: 'principal' },
            )
          }
          items={[
            { value: 'principal', label: 'A principal: user, role, session or account' },
            { value: 'service', label: 'An AWS service, on behalf of one resource' },
          ]}
        />
      </Field>
      {isService ? (
        <ServiceField label="Service" at={at} description="As AWS names it." {...grantee} />
      ) : (
        <GranteeField label="Grantee" at={at} description="Who may use the key." {...grantee} />
      )}
      <OperationsField
        chosen={grant.operations}
        onChange={(operations) => onChange({ operations })}
      />
      <ContextField grant={grant} onChange={onChange} />
      <Field
        label="Source ARN"
        at={['input.constraints.SourceArn', ...(isService ? ['=input.constraints'] : [])]}
        optional={!isService}
        description={
          isService
            ? 'The resource the service works for. KMS demands it: without it the service ' +
              'could use the key for anybody’s resource.'
            : 'Holds only for requests on behalf of this resource.'
        }
      >
        <Input
          value={grant.sourceArn}
          onChange={({ detail }) => onChange({ sourceArn: detail.value })}
          placeholder="arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
        />
      </Field>
      <RetiringFields grant={grant} onChange={onChange} />
    </SpaceBetween>
  )
}

const isPlain = ({ keySpec, keyUsage }: AskedKey) =>
  keySpec === null || keyUsage === null || isSymmetric({ keySpec, keyUsage })

function ContextField({ grant, onChange }: Props) {
  const { keys } = useRequestForm()
  const hasContext = keys.every(isPlain)
  return (
    <SpaceBetween size="m">
      <Field
        label="Encryption context"
        at={['=input.constraints']}
        description={
          hasContext
            ? 'Pairs that a caller must give with each request. They stand in CloudTrail in plain text.'
            : 'Only symmetric encryption keys know one.'
        }
      >
        <RadioGroup
          ariaLabel="Encryption context"
          value={grant.context}
          onChange={({ detail }) =>
            onChange({
              context:
                detail.value === 'equals' || detail.value === 'subset' ? detail.value : 'any',
            })
          }
          items={[
            { value: 'any', label: 'Any, or none' },
            {
              value: 'equals',
              label: 'Exactly these pairs',
              disabled: !hasContext && grant.context !== 'equals',
            },
            {
              value: 'subset',
              label: 'At least these pairs',
              disabled: !hasContext && grant.context !== 'subset',
            },
          ]}
        />
      </Field>
      {grant.context !== 'any' && (
        <Field
          label="Pairs"
          at={[
            'input.constraints.EncryptionContextEquals',
            'input.constraints.EncryptionContextSubset',
          ]}
        >
          <PairsField
            pairs={grant.pairs}
            onChange={(pairs) => onChange({ pairs })}
            most={8}
            what="pair"
          />
        </Field>
      )}
    </SpaceBetween>
  )
}

function RetiringFields({ grant, onChange }: Props) {
  const at = ['input.retiringPrincipal', 'input.retiringServicePrincipal']
  const retiring = {
    value: grant.retiring,
    onChange: (value: string) => onChange({ retiring: value }),
  }
  return (
    <SpaceBetween size="m">
      <Field
        label="Who may retire it"
        at={grant.retiringIs === 'nobody' ? at : []}
        description={
          grant.granteeIs === 'service'
            ? 'KMS demands one for a grant of a service.'
            : 'May give the grant up before its end. Claviger revokes it at its end in any case.'
        }
      >
        <RadioGroup
          ariaLabel="Who may retire it"
          value={grant.retiringIs}
          onChange={({ detail }) =>
            onChange({
              retiringIs:
                detail.value === 'principal' || detail.value === 'service'
                  ? detail.value
                  : 'nobody',
            })
          }
          items={[
            { value: 'nobody', label: 'Nobody is named' },
            { value: 'principal', label: 'A principal' },
            { value: 'service', label: 'An AWS service' },
          ]}
        />
      </Field>
      {grant.retiringIs === 'principal' && (
        <GranteeField label="Retiring principal" at={at} {...retiring} />
      )}
      {grant.retiringIs === 'service' && (
        <ServiceField label="Retiring service" at={at} {...retiring} />
      )}
    </SpaceBetween>
  )
}
