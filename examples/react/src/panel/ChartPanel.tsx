import { toneOf } from '@authchart/example-shared'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { ChartMap } from './ChartMap.tsx'
import { Commands } from './Commands.tsx'
import { CustodyChoice } from './CustodyChoice.tsx'
import { Events } from './Events.tsx'
import { FaultButtons } from './FaultButtons.tsx'
import { InspectorSwitch } from './InspectorSwitch.tsx'
import { Readings } from './Readings.tsx'

export function ChartPanel() {
  const demo = useDemo()
  const isOpen = useStore(demo.panel) === 'open'
  const chart = useStore(demo.chart)

  return (
    <aside className="panel" aria-label="Chart" data-tone={toneOf(chart)} data-testid="panel">
      <button
        type="button"
        className="panel-bar"
        aria-expanded={isOpen}
        aria-controls="panel-body"
        data-testid="panel-toggle"
        onClick={demo.panel.toggle}
      >
        <span className="dot" aria-hidden="true" />
        <span className="panel-title">Chart</span>
        <span className="panel-value mono" data-testid="chart-value">
          {chart.value}
        </span>
        <svg className="chevron" width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">
          <path d="m6 15 6-6 6 6" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
        </svg>
      </button>
      <div className="panel-body" id="panel-body" hidden={!isOpen}>
        <ChartMap value={chart.value} />
        <Readings />
        <Commands />
        <FaultButtons />
        <CustodyChoice />
        <InspectorSwitch />
        <Events />
      </div>
    </aside>
  )
}
