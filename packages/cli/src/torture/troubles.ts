/** Stories that are told of more than one trouble. */
import { first, replay, staysSignedIn } from './checks.ts'
import { HOUR, MINUTE, type Stage } from './stage.ts'

/** The renewal meets a fault, and the token must not be sent again. */
export const afterFault =
  (kind: 'lostAfter' | '500' | 'garbage') =>
  async (stage: Stage): Promise<string | null> => {
    const page = await stage.signedIn()
    stage.world.server.fault({ kind, method: 'refresh' })
    await stage.sleep(2 * HOUR)
    await stage.request(page)
    await stage.pass(10 * MINUTE)
    await stage.request(page)
    return first(replay(stage))
  }

/** The server cannot renew now, and says so. */
export const whileBusy =
  (kind: '429' | '503') =>
  async (stage: Stage): Promise<string | null> => {
    const page = await stage.signedIn()
    stage.world.server.fault({ kind, method: 'refresh', times: 3, seconds: 60 })
    await stage.sleep(2 * HOUR)
    await stage.within(
      MINUTE,
      page.client.request(`${stage.world.origin}/notes`).catch(() => {}),
    )
    await stage.pass(15 * MINUTE)
    const { refreshes } = stage.world.server.counts()
    return first(await staysSignedIn(stage, page), refreshes > 6 && `the busy server was asked ${refreshes} times`)
  }

export const afterClockSet =
  (hours: number) =>
  async (stage: Stage): Promise<string | null> => {
    const page = await stage.signedIn()
    stage.world.jump(hours * HOUR)
    for (let half = 0; half < 4; half += 1) {
      await stage.pass(30 * MINUTE)
      await stage.request(page)
    }
    const { refreshes } = stage.world.server.counts()
    return first(await staysSignedIn(stage, page), refreshes > 6 && `${refreshes} renewals in two hours`)
  }
