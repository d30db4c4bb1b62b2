import { chartNodes, isActive } from '@authchart/example-shared'

export interface ChartMapProps {
  readonly value: string
}

/** The states of the chart, and which of them it is in. */
export function ChartMap({ value }: ChartMapProps) {
  return (
    <ul className="map" aria-label="States">
      {chartNodes.map(({ name, path, children }) => (
        <li key={path} className="map-state" data-active={isActive(value, path)} aria-current={isActive(value, path)}>
          {name}
          {children.length > 0 && (
            <ul className="map-children">
              {children.map((child) => (
                <li
                  key={child.path}
                  className="map-child"
                  data-active={isActive(value, child.path)}
                  aria-current={isActive(value, child.path)}
                >
                  {child.name}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  )
}
