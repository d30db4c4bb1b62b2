import { confirm, isCancel, select, text } from '@clack/prompts'
import type { Prompter } from './answers.ts'
import { SetupError } from './errors.ts'

function taken<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new SetupError('cancelled', 'Cancelled. Nothing was changed.')
  return answer as Exclude<T, symbol> // the only symbol is that of a cancelled question
}

/** Asks in the terminal. */
export const prompter: Prompter = {
  select: async <T extends string>(message: string, choices: Parameters<Prompter['select']>[1]) =>
    taken(await select<string>({ message, options: [...choices] })) as T,
  text: async (message, { byDefault, placeholder, validate }) =>
    taken(
      await text({
        message,
        ...(byDefault !== undefined && { defaultValue: byDefault, placeholder: byDefault }),
        ...(placeholder !== undefined && { placeholder }),
        validate: (value) =>
          (value === undefined || value === '') && byDefault !== undefined ? undefined : validate(value ?? ''),
      }),
    ) ?? '',
  confirm: async (message, byDefault) => taken(await confirm({ message, initialValue: byDefault })),
}
