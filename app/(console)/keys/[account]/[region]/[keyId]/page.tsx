import { keyTab } from './key-page'
import { OverviewView } from './overview-view'

export default keyTab('overview', (detail) => <OverviewView detail={detail} />)
